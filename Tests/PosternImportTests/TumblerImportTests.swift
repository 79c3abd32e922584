// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternTables
import Testing

@testable import PosternImport

@Suite struct TumblerImportTests {
  static let text = """
    # tumblerd
    [common]
    port = 8675
    log = /var/log/tumbler
    [door-openssh]
    secret = the quick = brown
    command = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
    [door-closessh]
    secret = fox
    command = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
    [door-mail]
    secret = jumps
    command = /usr/local/bin/mail-me %NAME% %IP%

    """

  private func imported(_ text: String) throws -> ImportedConfiguration {
    try .tumbler(Samples.text(text, file: "tumblerd.conf"))
  }

  @Test func doorsWithTheirSecrets() throws {
    let imported = try imported(Self.text)
    #expect(
      imported.secrets.map { "\($0.name) \(String(decoding: $0.content, as: UTF8.self))" } == [
        "tumbler-openssh.secret the quick = brown\n", "tumbler-closessh.secret fox\n", "tumbler-mail.secret jumps\n",
      ])
    let text = Samples.written(imported)
    #expect(text.contains(#"run = ["/usr/local/bin/mail-me", "mail", "{source}"]"#))
    for secret in ["quick", "fox", "jumps"] {
      #expect(!text.contains(secret) && !imported.notes.map(\.description).joined().contains(secret))
    }
    let tables = try Samples.tables(imported)
    #expect(tables.gate.keys.map(\.deed) == [.asAsked, .close, .run(0)])
    #expect(imported.rules == [#"udp dport 8675 udp length 82 log prefix "tumbler" group 5 snaplen 512"#])
    _ = try Samples.tables(imported, acceptsWeak: false)
  }

  static let refused: [(name: String, text: String, note: String)] = [
    ("no section", "port = 1\n", "tumblerd.conf:1: stands outside"),
    ("another section", "[x]\n", "tumblerd.conf:1: unknown section \"x\""),
    ("nameless", "[door-]\n", "tumblerd.conf:1: unknown section"),
    ("no port", "[common]\nport = 0\n", "tumblerd.conf:2: \"0\" is no port"),
    ("no secret", "[door-a]\ncommand = /x\n", "tumblerd.conf:1: door \"a\" needs"),
    ("no command", "[door-a]\nsecret = x\n", "tumblerd.conf:1: door \"a\" needs"),
    ("no value", "[door-a]\nsecret\ncommand = x\n", "tumblerd.conf:2: neither"),
    ("twice", "[door-a]\nsecret = x\ncommand = /x\n[door-a]\nsecret = y\ncommand = /x\n", "tumblerd.conf:4: there are two doors"),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let row = Self.refused[index]
    let notes = Samples.notes { try imported(row.text) }
    #expect((try? imported(row.text)) == nil && notes.contains { $0.hasPrefix(row.note) }, "\(row.name): \(notes)")
  }

  @Test func nothingInIt() throws {
    let imported = try imported("[common]\nlog = x\nfoo = bar\n")
    #expect(
      imported.notes.map(\.description) == [
        "tumblerd.conf: note: there is no door in it", "tumblerd.conf:3: not carried: unknown key \"foo\"",
      ])
  }
}
