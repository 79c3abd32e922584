// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Several files as one configuration.
@Suite struct ConfigMergeTests {
  private static let main = """
    version = 1
    [gateway]
    key = "gateway.key"
    [doors.ssh]
    ports = ["tcp/22"]
    """

  private static let bob = """
    doors = ["ssh"]
    [keys.desk]
    public = "\(Samples.key2)"
    psk = "bob.psk"
    """

  private static func texts(_ files: [(String, String)]) -> [ConfigText] {
    files.map { file, text in
      let user = file.hasPrefix("users.d/") ? Name(file.dropFirst(8).dropLast(5)) : nil
      return ConfigText(Array(text.utf8), file: file, part: user.map { .user($0) } ?? .tables)
    }
  }

  private static func read(_ files: (String, String)...) throws(ConfigFailure) -> Configuration {
    try Configuration(merging: texts([("p.toml", main)] + files))
  }

  private static func errors(_ files: [(String, String)], unread: [ConfigError] = []) -> [String] {
    do throws(ConfigFailure) {
      _ = try Configuration(merging: texts([("p.toml", main)] + files), unread: unread)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func tablesAreSpreadOverFiles() throws {
    let found = try Self.read(
      ("conf.d/a.toml", "[doors.web]\nports = [\"tcp/443\"]\n[doors.ssh]\nlease = \"5s\"\n[limits]\nkey-burst = 2"),
      ("conf.d/b.toml", "[limits]\ngrants-per-minute = 3\n[users.carol]\ndoors = [\"web\"]"), ("users.d/bob.toml", Self.bob))
    #expect(found.doors.map(\.name.value.description) == ["ssh", "web"] && found.doors[0].defaultLease == 5)
    #expect(found.limits.keyBurst == 2 && found.limits.grantsPerMinute == 3)
    #expect(found.users.map(\.name.value.description) == ["carol", "bob"])
    #expect(found.users[1].name.position.description == "users.d/bob.toml:1:1")
    #expect(found.users[1].keys.map(\.name.value.description) == ["desk"] && found.users[1].doors == [0])
  }

  /// Relative paths start where they are written.
  @Test func keyFilesKnowTheirFile() throws {
    let found = try Self.read(("conf.d/a.toml", "[gateway]\nadmission = \"a.key\""), ("users.d/bob.toml", Self.bob))
    var asked: [String] = []
    var world = Samples.world()
    world.absolute = { path, file in
      asked.append("\(file) \(path)")
      return "gateway.key"
    }
    _ = try found.compiled(with: world)
    #expect(asked.contains("p.toml gateway.key") && asked.contains("conf.d/a.toml a.key"))
    #expect(asked.contains("users.d/bob.toml bob.psk"))
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let files: [(String, String)]
    let errors: [String]
  }

  static let cases: [Case] = [
    Case(
      testDescription: "a key in two files", files: [("conf.d/a.toml", "[gateway]\nkey = \"other.key\"")],
      errors: ["conf.d/a.toml:2:1: \"key\" stands already at p.toml:3:1"]),
    Case(
      testDescription: "a value where there is a table", files: [("conf.d/a.toml", "doors = 1")],
      errors: ["conf.d/a.toml:1:1: \"doors\" stands already at p.toml:4:2"]),
    Case(
      testDescription: "a table where there is a value", files: [("conf.d/a.toml", "[version]\nx = 1")],
      errors: ["conf.d/a.toml:1:2: \"version\" stands already at p.toml:1:1"]),
    Case(
      testDescription: "a user in two files",
      files: [("conf.d/a.toml", "[users.bob]\ndoors = [\"ssh\"]"), ("users.d/bob.toml", bob)],
      errors: ["users.d/bob.toml:1:1: the user \"bob\" stands already at conf.d/a.toml:1:8"]),
    Case(
      testDescription: "syntax errors of all files", files: [("conf.d/a.toml", "x = "), ("users.d/bob.toml", "y = ")],
      errors: [
        "conf.d/a.toml:1:5: Error while parsing key-value pair: encountered end-of-file",
        "users.d/bob.toml:1:5: Error while parsing key-value pair: encountered end-of-file",
      ]),
    Case(
      testDescription: "what a broken user's file does not hide",
      files: [("conf.d/a.toml", "[doors.web]\nports = 1\nusers = [\"bob\"]"), ("users.d/bob.toml", "y = ")],
      errors: [
        "conf.d/a.toml:2:9: \"ports\" must be an array, not an integer",
        "users.d/bob.toml:1:5: Error while parsing key-value pair: encountered end-of-file",
      ]),
    Case(
      testDescription: "a user's table in a user's file", files: [("users.d/bob.toml", "[users.bob]\ndoors = [\"ssh\"]")],
      errors: [
        "users.d/bob.toml:1:1: missing key \"doors\" in [users.bob]", "users.d/bob.toml:1:2: unknown key \"users\"",
      ]),
    Case(
      testDescription: "one public key for two users", files: [("users.d/bob.toml", bob), ("users.d/carol.toml", bob)],
      errors: ["users.d/carol.toml:3:10: this public key is already that of bob/desk"]),
  ]

  @Test(arguments: cases) func refused(_ each: Case) { #expect(Self.errors(each.files) == each.errors) }

  @Test func unreadFilesComeWithTheRest() {
    let unread = ConfigError("cannot be read", at: ConfigPosition(file: "conf.d/b.toml", line: 1, column: 1))
    #expect(
      Self.errors([("conf.d/a.toml", "x = ")], unread: [unread]) == [
        "conf.d/a.toml:1:5: Error while parsing key-value pair: encountered end-of-file", "conf.d/b.toml:1:1: cannot be read",
      ])
  }

  @Test func tenThousandFilesMergeInLinearTime() throws {
    let users = (0..<10_000).map { user in
      let key = Base64.encode(Array("\(user)".utf8) + Array(repeating: 0xEE, count: 32 - "\(user)".utf8.count))
      return ("users.d/u\(user).toml", "doors=[\"ssh\"]\n[keys.k]\npublic=\"\(key)\"\npsk-none = true\n")
    }
    let start = ContinuousClock.now
    #expect(try Configuration(merging: Self.texts([("p.toml", Self.main)] + users)).users.count == 10_000)
    #expect(start.duration(to: .now) < .seconds(30))  // generous: quadratic work takes minutes
  }
}
