// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Keys of port sequences, packet scripts and rolling sequences.
@Suite struct SequenceKeyTests {
  private static let script = "packets = 'keypkt { ip { daddr = any; udp { } } } cmdpkt { ip { daddr = any; udp { } } }'"

  private func compiled(_ keys: String) throws -> [GateTables.ClientKey] {
    try Samples.configuration(Samples.oneKey + keys).compiled(with: Samples.world()).gate.keys
  }

  private func errors(_ keys: String) -> String { Samples.compileErrors(Samples.oneKey + keys) }

  @Test func ports() throws {
    let sealed = try compiled("protocol = \"ports\"\nsecret = \"alice-laptop.psk\"")
    #expect(
      sealed.map(\.credential) == [
        .ports(
          .init(form: .sealed(Samples.filled(0xC0)), base: 32_768, window: .seconds(10), order: .arrival, needsSource: false))
      ])
    let all = try compiled(
      "protocol = \"ports\"\nform = \"legacy-8\"\nsecret = \"passphrase\"\nbase = 2048\nwindow = \"5s\"\norder = \"seq\"\nsource-match = false"
    )
    #expect(
      all.map(\.credential) == [
        .ports(
          .init(
            form: .legacy(key: Array("open sesame".utf8)), base: 2048, window: .seconds(5), order: .sequence, needsSource: false))
      ])
    #expect(
      try compiled("protocol = \"ports\"\nform = \"plain-8\"").map(\.credential) == [
        .ports(.init(form: .plain, base: 1024, window: .seconds(10), order: .arrival, needsSource: true))
      ])
  }

  @Test func sadoor() throws {
    let key = try #require(try compiled("protocol = \"sadoor\"\nsecret = \"alice-laptop.psk\"\n" + Self.script).first)
    let packet = PacketDescription(.udp(source: nil, destination: nil))
    #expect(
      key.credential
        == .sadoor(
          .init(
            form: .sealed(Samples.filled(0xC0)), script: .init(packets: [packet], command: packet), timeout: .seconds(30),
            isGlobal: false, takesEmptyCommand: false)))
    let old = try compiled(
      "protocol = \"sadoor\"\nform = \"legacy-blowfish\"\nsecret = \"passphrase\"\ntimeout = \"5s\"\nscope = \"global\"\nempty-command = true\n"
        + Self.script
    ).first?.credential.sadoor
    #expect(old?.form == .legacy(key: Array("open sesame".utf8)) && old?.timeout == .seconds(5))
    #expect(old?.isGlobal == true && old?.takesEmptyCommand == true)
  }

  @Test func rolling() throws {
    let key = try #require(try compiled("protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"").first)
    #expect(
      key.credential
        == .rolling(
          .init(
            secret: Samples.filled(0xC0), door: DoorID(0), transport: .tcp, base: 32_768, portCount: 8, stepLength: 30,
            window: .seconds(10), bindsSource: true)))
    let other = try compiled(
      "protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"\ndoor = \"ssh\"\nports = 16\nstep = \"1m\"\nbase = 0\ntransport = \"udp\"\nwindow = \"1m\"\nbind-source = false"
    ).first?.credential.rolling
    #expect(other?.door == DoorID(115) && other?.portCount == 16 && other?.stepLength == 60 && other?.base == 0)
    #expect(other?.transport == .udp && other?.bindsSource == false)
  }

  static let mistakes: [(String, String)] = [
    ("protocol = \"ports\"", "p.toml:8:1: missing key \"secret\" in [users.alice.keys.a]"),
    ("protocol = \"ports-classic\"", "\"protocol\" must be"),
    ("protocol = \"ports\"\nsecret = \"zero.psk\"", "\"zero.psk\" holds no secret"),
    ("protocol = \"ports\"\nsecret = \"none\"", "cannot read \"none\": no such file"),
    ("protocol = \"ports\"\nsecret = \"alice-laptop.psk\"\nbase = 32769", "\"base\" must be between 0 and 32768"),
    ("protocol = \"ports\"\nform = \"plain-8\"\nbase = 65281", "\"base\" must be between 0 and 65280"),
    ("protocol = \"ports\"\nform = \"plain-8\"\nsecret = \"passphrase\"", "plain ports have no secret"),
    ("protocol = \"ports\"\nsecret = \"alice-laptop.psk\"\nsource-match = true", "\"source-match\" is of classic forms"),
    ("protocol = \"ports\"\nform = \"legacy-8\"\nsecret = \"short\"", "\"short\" must hold a secret of 4 to 56 bytes, not 3"),
    ("protocol = \"sadoor\"\nsecret = \"alice-laptop.psk\"", "missing key \"packets\""),
    (
      "protocol = \"sadoor\"\nsecret = \"alice-laptop.psk\"\npackets = '''\nkeypkt { }\n'''",
      "\"packets\", line 1: the packet has no \"daddr\""
    ),
    ("protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"\nports = 6", "\"ports\" must be between 7 and 16, not 6"),
    ("protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"\nstep = \"4s\"", "\"step\" must be between 5s and 60s, not 4s"),
    (
      "protocol = \"ports\"\nsecret = \"alice-laptop.psk\"\n[users.alice.keys.b]\nprotocol = \"rolling\"\nsecret = \"alice-laptop.psk\"",
      "this key has the secret of the one at p.toml:8"
    ),
  ]

  @Test(arguments: mistakes) func mistake(_ keys: String, _ words: String) {
    #expect(errors(keys).contains(words), "\(errors(keys))")
  }

  @Test func keysAreBounded() {
    func keys(_ count: Int, _ body: (Int) -> String) -> String {
      "psk-none = true\npublic = \"\(Samples.key1)\"\n"
        + (0..<count).map { "[users.alice.keys.k\($0)]\n" + body($0) }.joined(separator: "\n")
    }
    let bounds: [(Int, (Int) -> String, String)] = [
      (16, { _ in "protocol = \"ports\"\nform = \"plain-8\"" }, "there are more than 16 keys of classic port sequences"),
      (
        16, { "protocol = \"ports\"\nform = \"plain-8\"\nbase = \($0)" },
        "there are more than 16 different bases, orders and windows of port sequences"
      ),
      (
        16, { _ in "protocol = \"sadoor\"\nform = \"legacy-blowfish\"\nsecret = \"passphrase\"\n" + Self.script },
        "there are more than 16 keys of old SAdoor clients"
      ),
    ]
    for (limit, body, words) in bounds {
      #expect(errors(keys(limit, body)) == "", "\(words)")
      #expect(errors(keys(limit + 1, body)).contains(words))
    }
  }

  @Test func notices() throws {
    func notices(_ keys: String) throws -> String {
      try Samples.configuration(Samples.oneKey + keys).compiled(with: Samples.world()).keeper.notices.joined(separator: "\n")
    }
    #expect(try notices("protocol = \"ports\"\nsecret = \"alice-laptop.psk\"") == "")
    #expect(try notices("protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"") == "")
    let weak = [
      ("protocol = \"ports\"\nform = \"plain-8\"", "users.alice.keys.a: plain-8 is no secret"),
      ("protocol = \"ports\"\nform = \"legacy-8\"\nsecret = \"passphrase\"\nsource-match = false", "one of 256 random sequences"),
      (
        "protocol = \"sadoor\"\nform = \"legacy-blowfish\"\nsecret = \"passphrase\"\n" + Self.script,
        "legacy-blowfish has no seal"
      ),
      (
        "protocol = \"sadoor\"\nsecret = \"alice-laptop.psk\"\nempty-command = true\n" + Self.script,
        "empty-command opens to whoever"
      ),
      ("protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"\nbind-source = false", "bind-source is off"),
    ]
    for (keys, words) in weak { #expect(try notices(keys).contains(words)) }
  }
}
