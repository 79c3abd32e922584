// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@testable import PosternImport

@Suite struct SAdoorImportTests {
  static let settings = """
    # sadoor
    ListenIface eth0
    PrivateKeyFile /etc/sadoor/sadoor.key
    PacketConfigFile /etc/sadoor/sadoor.pkts
    packetstimeoutsec 20
    EnableReplayProtection yes

    """
  static let packets = """
    # two datagrams, a SYN, the command
    keypkt (1) { ip { daddr = 192.0.2.1; udp { dport = 53; data = "a#b"; } } } # twice
    keypkt { ip { daddr = 192.0.2.1; tcp { dport = 80; flags = 0x02; } } }

    cmdpkt { ip { daddr = 192.0.2.1; icmp { type = 8; } } }

    """
  static let key = String(repeating: "k", count: 56)

  private func imported(
    _ settings: String = settings, packets: String = packets, key: String = key, path: String? = nil
  ) throws -> ImportedConfiguration {
    try .sadoor(
      Samples.text(settings, file: "sadoor.conf"), packets: path,
      Samples.files(["/etc/sadoor/sadoor.key": key, "/etc/sadoor/sadoor.pkts": packets, "other": packets]))
  }

  /// The user has no doors before the administrator names some.
  private func accepted(_ imported: ImportedConfiguration) throws -> CompiledTables {
    var imported = imported
    let port = try #require(Port(22))
    let ssh = imported.doors.door(
      .init([Service(.tcp, port)], lease: 30), for: .keyed, at: ImportPosition(file: "x", line: 1), admitsPacketSource: true)
    for index in imported.users.indices { imported.users[index].mayOpen(ssh) }
    return try Samples.tables(imported)
  }

  @Test func packetsAndKey() throws {
    let imported = try imported()
    #expect(imported.secrets.map { $0.content } == [Array("\(Self.key)\n".utf8)])
    let text = Samples.written(imported)
    #expect(!text.contains(Self.key))
    #expect(text.contains(#"keypkt (1) { ip { daddr = 192.0.2.1; udp { dport = 53; data = \"a#b\"; } } }"# + "\n"))
    #expect(
      imported.rules == [
        #"iifname "eth0" tcp dport 80 log prefix "sadoor" group 5 snaplen 512"#,
        #"iifname "eth0" udp dport 53 log prefix "sadoor" group 5 snaplen 512"#,
        #"iifname "eth0" icmp type { echo-request, echo-reply } log prefix "sadoor" group 5 snaplen 512"#,
      ])
    #expect(imported.notes.contains { $0.kind == .gap && $0.text.contains("root shell") })
    _ = try Samples.tables(imported)
    _ = try Samples.tables(imported, acceptsWeak: false)
    #expect(try accepted(imported).gate.keys.count == 1)
  }

  @Test func aPacketToAnyPortNeedsARuleWithoutPorts() throws {
    let imported = try imported(
      packets: "keypkt { ip { daddr = 192.0.2.1; tcp { seq = 7; } } }\ncmdpkt { ip { daddr = 192.0.2.1; tcp { dport = 1; } } }")
    #expect(imported.rules == [#"iifname "eth0" meta l4proto tcp log prefix "sadoor" group 5 snaplen 512"#])
  }

  static let gaps: [(name: String, settings: String, note: String)] = [
    ("no end of waiting", "PacketsTimeoutSec 0\n", "sadoor.conf:7: not carried: an attempt ends after at most 600 s"),
    ("long waiting", "PacketsTimeoutSec 601\n", "sadoor.conf:7: not carried: an attempt ends after at most 600 s"),
    ("a default command", "NULLCommand /usr/bin/true\n", "sadoor.conf:7: not carried: a knock without a command"),
    ("a shell", "RunOnConnect /bin/bash\n", "sadoor.conf:7: not carried: no shell is ever served"),
    (
      "a key that is not there", "PrivateKeyFile /nowhere\n",
      "sadoor.conf:7: not carried: the key file cannot be used (no such file)"
    ),
  ]

  @Test(arguments: gaps.indices) func gap(_ index: Int) throws {
    let row = Self.gaps[index]
    let imported = try imported(Self.settings + row.settings)
    #expect(imported.notes.map(\.description).contains { $0.hasPrefix(row.note) }, "\(row.name): \(imported.notes)")
    if row.name != "a key that is not there" { _ = try accepted(imported) }
  }

  @Test func aKeyThatIsTooShortIsNotCarried() throws {
    #expect(try imported(key: "abc").secrets.isEmpty)
  }

  static let refused: [(name: String, settings: String, packets: String, note: String)] = [
    ("unknown keyword", "Foo bar\n", packets, "sadoor.conf:1: unknown keyword \"foo\""),
    ("no value", "ListenIface\n", packets, "sadoor.conf:1: \"listeniface\" has no value"),
    ("a path that is not absolute", "PIDfile x\n", packets, "sadoor.conf:1: \"x\" is no absolute path"),
    ("no packets", "", "", "/etc/sadoor/sadoor.pkts:1: "),
    ("no command packet", "", "keypkt { ip { daddr = 192.0.2.1; udp { } } }\n", "/etc/sadoor/sadoor.pkts:"),
    ("nonsense in line 2", "", "keypkt { ip { daddr = 192.0.2.1;\nfoo = 1; udp { } } }\n", "/etc/sadoor/sadoor.pkts:2: "),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let row = Self.refused[index]
    let notes = Samples.notes { try imported(row.settings + Self.settings, packets: row.packets) }
    #expect(
      (try? imported(row.settings + Self.settings, packets: row.packets)) == nil && notes.contains { $0.hasPrefix(row.note) },
      "\(row.name): \(notes)")
  }

  @Test func withoutAPacketFileThereIsNothing() {
    #expect(
      Samples.notes { try imported("ListenIface eth0\n") } == ["sadoor.conf: names no PacketConfigFile: say it with --packets"])
    #expect((try? imported("ListenIface eth0\n", path: "other")) != nil)
  }
}
