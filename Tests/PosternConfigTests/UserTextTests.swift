// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternWire
import Testing

@Suite struct UserTextTests {
  private static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  private static func key(_ name: String, _ byte: UInt8 = 0x22) throws -> UserText.Key {
    UserText.Key(
      name: try Self.name(name), publicKey: Samples.filled(byte), presharedKey: "bob@\(name).psk",
      notAfter: Timestamp(seconds: 1_798_761_600))
  }

  private static func user(_ text: String) throws -> Configuration.User {
    let main = "version = 1\n[gateway]\nkey = \"k\"\n[doors.ssh]\nports = [\"tcp/22\"]\n[doors.web]\nports = [\"tcp/443\"]"
    let configuration = try Configuration(merging: [
      ConfigText(Array(main.utf8), file: "p.toml"),
      ConfigText(Array(text.utf8), file: "users.d/bob.toml", part: .user(try name("bob"))),
    ])
    return try #require(configuration.users.first)
  }

  @Test func aNewUserReadsAsOne() throws {
    var text = UserText(doors: [try Self.name("web"), try Self.name("ssh")], longest: 1800, file: "users.d/bob.toml")
    text.add(try Self.key("desk"))
    text.add(try Self.key("dotted.name", 0x33))
    let user = try Self.user(text.text)
    #expect(user.doors == [1, 0] && user.defaultDoor == 1 && user.longestLease == 1800)
    #expect(user.keys.map(\.name.value.description) == ["desk", "dotted.name"])
    #expect(user.keys.map(\.spa?.publicKey.value) == [Samples.filled(0x22), Samples.filled(0x33)])
    #expect(user.keys.map(\.spa?.presharedKey?.value) == ["bob@desk.psk", "bob@dotted.name.psk"])
    #expect(user.keys.map(\.validity.notAfter) == [Timestamp(seconds: 1_798_761_600), Timestamp(seconds: 1_798_761_600)])
  }

  static let switches: [(before: String, off: String, on: String)] = [
    ("# Bob\ndoors = [\"ssh\"]\n", "disabled = true\n# Bob\ndoors = [\"ssh\"]\n", "# Bob\ndoors = [\"ssh\"]\n"),
    ("doors = [\"ssh\"]\n  disabled = false # back\n", "doors = [\"ssh\"]\ndisabled = true\n", "doors = [\"ssh\"]\n"),
    ("", "disabled = true\n", ""),
    ("\"\"\"a\ndisabled = true\"\"\" = 1\n", "", ""),
    (
      "doors = [\"ssh\"]\n[keys.desk]\npsk = \"\"\"\ndisabled = true\"\"\"",
      "disabled = true\ndoors = [\"ssh\"]\n[keys.desk]\npsk = \"\"\"\ndisabled = true\"\"\"",
      "doors = [\"ssh\"]\n[keys.desk]\npsk = \"\"\"\ndisabled = true\"\"\""
    ),
  ]

  @Test(arguments: switches.indices) func offAndOn(_ index: Int) throws {
    let row = Self.switches[index]
    guard !row.off.isEmpty else {
      #expect(throws: ConfigError.self) { try UserText(Array(row.before.utf8), file: "f") }
      return
    }
    var text = try UserText(Array(row.before.utf8), file: "f")
    #expect(!text.isDisabled)
    try text.setDisabled(true)
    #expect(text.text == row.off && text.isDisabled)
    try text.setDisabled(false)
    #expect(text.text == row.on && !text.isDisabled)
  }

  @Test func secretFiles() throws {
    let text =
      "doors = []\n[keys.a]\npsk = \"bob@a.psk\"\n[keys.b]\npsk-none = true\n[keys.c]\npsk = \"/etc/c\"\ntotp = \"bob@c.totp\"\n[keys]\nd = 1"
    let found = try UserText(Array(text.utf8), file: "f").secretFiles
    #expect(found.map(\.device) == ["a", "c", "c"] && found.map(\.file) == ["bob@a.psk", "/etc/c", "bob@c.totp"])
  }
}
