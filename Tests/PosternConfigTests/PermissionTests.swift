// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import Testing

/// Who may open what, how often, and how: the keys of doors and users that say so.
@Suite struct PermissionTests {
  private static let ports = "ports = [\"tcp/22\"]"
  private static let alice = "[users.alice]\ndoors = [\"ssh\"]"

  private static func text(door: String = "", user: String = alice, more: String = "") -> String {
    """
    version = 1
    [gateway]
    key = "gateway.key"
    [doors.ssh]
    \(ports)
    \(door)
    [doors.web]
    ports = ["tcp/443"]
    \(user)
    [users.alice.keys.laptop]
    public = "\(Samples.key1)"
    psk-none = true
    \(more)
    """
  }

  private static func compiled(_ text: String) throws(ConfigFailure) -> CompiledTables {
    try Samples.configuration(text).compiled(with: Samples.world { DoorID($0.description == "ssh" ? 1 : 2) })
  }

  struct Doors: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let door: String
    let user: String
    let expected: [Int]
    var byDefault: Int?
  }

  static let doors: [Doors] = [
    Doors(testDescription: "the user's list", door: "", user: alice, expected: [0], byDefault: 0),
    Doors(testDescription: "both lists", door: "users = [\"alice\"]", user: alice, expected: [0], byDefault: 0),
    Doors(testDescription: "the door's list", door: "users = [\"alice\"]", user: "[users.alice]", expected: [0], byDefault: 0),
    Doors(
      testDescription: "left out by the door", door: "users = [\"bob\"]",
      user: "[users.bob]\n[users.alice]\ndoors = [\"ssh\", \"web\"]",
      expected: [1], byDefault: 1),
  ]

  @Test(arguments: doors) func whoMayOpen(_ row: Doors) throws {
    let tables = try Self.compiled(Self.text(door: row.door, user: row.user))
    let alice = try #require(tables.keeper.users.firstIndex { $0.name.description == "alice" })
    #expect(tables.gate.users[alice].doors == row.expected && tables.keeper.users[alice].doors == row.expected)
    #expect(tables.gate.users[alice].defaultDoor == row.byDefault)
  }

  @Test func aDoorThatFellAwayIsSaid() throws {
    let text = Self.text(door: "users = [\"bob\"]", user: "[users.bob]\n\(Self.alice)")
    #expect(try Samples.configuration(text).notices == ["users.alice: names doors.ssh, whose users leave him out"])
  }

  static let refused: [(String, String)] = [
    (text(door: "users = [\"alcie\"]"), "p.toml:6:10: unknown user \"alcie\"; did you mean \"alice\"?"),
    (text(door: "users = []"), "p.toml:6:9: \"users\" must have 1 to 65536 elements, not 0"),
    (text(user: "[users.alice]"), "p.toml:9:1: missing key \"doors\" in [users.alice]"),
    (
      text(door: "users = [\"bob\"]", user: "[users.bob]\n\(alice)\ndefault = \"ssh\""),
      ""
    ),
    (text(door: "addresses = []"), "p.toml:6:13: \"addresses\" must have 1 to 3 elements, not 0"),
    (text(door: "addresses = [\"named\", \"named\"]"), "p.toml:6:23: \"addresses\" names \"named\" twice"),
    (
      text(door: "addresses = [\"any\"]"),
      "p.toml:6:14: \"addresses\" must be \"named\" or \"packet-source\" or \"agreed\", not \"any\""
    ),
    (
      text(door: "addresses = [\"named\"]\npacket-source = true"),
      "p.toml:7:1: \"addresses\" and \"packet-source\" exclude each other"
    ),
    (text(door: "leases = 0"), "p.toml:6:10: \"leases\" must be between 1 and 1000000, not 0"),
    (text(user: alice + "\nkey-refill = \"0s\""), "p.toml:11:14: \"key-refill\" must be between 1ms and 1h, not 0s"),
    (text(user: alice + "\ndisabled = 1"), "p.toml:11:12: \"disabled\" must be a boolean, not an integer"),
    (
      text(more: "[[gateway.admissions]]\nfile = \"a\"").replacing(
        "key = \"gateway.key\"", with: "key = \"k\"\nadmission = \"b\""),
      "p.toml:15:11: \"admission\" and \"admissions\" exclude each other"
    ),
  ]

  @Test(arguments: refused.indices) func wrong(_ index: Int) {
    let (text, error) = Self.refused[index]
    #expect(Samples.errors(text) == error)
  }

  static let modes: [(String, AddressModes)] = [
    ("", .named), ("packet-source = false", .named), ("packet-source = true", .all), ("addresses = [\"agreed\"]", .agreed),
    ("addresses = [\"packet-source\", \"named\"]", [.named, .packetSource]),
  ]

  @Test(arguments: modes.indices) func addressModes(_ index: Int) throws {
    let (door, expected) = Self.modes[index]
    #expect(try Self.compiled(Self.text(door: door)).gate.doors[0].addresses == expected)
  }

  @Test func quotasOfADoor() throws {
    let text = Self.text(door: "leases = 100\nleases-per-user = 3\ngrants-per-minute = 7")
    let doors = try Self.compiled(text).keeper.doors
    #expect(
      doors.map(\.leases) == [100, nil] && doors.map(\.leasesPerUser) == [3, 8] && doors.map(\.grantsPerMinute) == [7, nil])
  }

  @Test func ratesOfAUser() throws {
    let text = Self.text(
      user: Self.alice + "\nkey-burst = 4000\ngrants-per-minute = 5\nobserve-only = true",
      more: "[users.bob]\ndoors = [\"web\"]\nkey-refill = \"1s\"\ndisabled = true\n[limits]\nkey-burst = 8")
    let tables = try Self.compiled(text)
    #expect(
      tables.gate.users.map(\.keyBucket) == [
        .init(burst: 4000, refill: .seconds(5)), .init(burst: 8, refill: .seconds(1)),
      ])
    #expect(tables.keeper.users.map(\.grantsPerMinute) == [5, 60])
    #expect(tables.keeper.users.map(\.observesOnly) == [true, false] && tables.keeper.users.map(\.isDisabled) == [false, true])
    #expect(tables.gate.users.map(\.isDisabled) == [false, true])
    #expect(
      tables.keeper.notices == ["users.alice: key-burst raised from 10 to 4000", "users.bob: key-refill shortened from 5s to 1s"])
    // 4000 at once and one in 5 s of a window of 75 s, for one key.
    #expect(tables.keeper.rings[0].slots == 4096)
    #expect(try Self.compiled(text.replacing("4000", with: "5000")).keeper.rings[0].slots == 5015)
  }

  @Test func noticesOfUsersHaveAnEnd() throws {
    let many = (0..<100).map { "[users.u\($0)]\ndoors = [\"web\"]\nkey-burst = 99" }.joined(separator: "\n")
    let notices = try Samples.configuration(Self.text(more: many)).notices
    #expect(notices.count == 33 && notices.last == "and 68 more like it of other users")
  }

  @Test func gatewaySecretsAreKnownByTheirPublicSide() throws {
    let text = Self.text(
      more:
        "[[gateway.admissions]]\nfile = \"admission.key\"\nuntil = 2027-01-01T00:00:00Z\n[[gateway.admissions]]\nfile = \"next.key\""
    )
    let tables = try Self.compiled(text)
    #expect(tables.gate.admissions.map(\.secret) == [Samples.filled(0xB0), Samples.filled(0xA1)])
    #expect(tables.gate.admissions.map(\.validity.notAfter) == [Timestamp(seconds: 1_798_761_600), nil])
    #expect(tables.keeper.gatewayKeys == [.init(file: "gateway.key", fingerprint: 0x5F5F_5F5F_5F5F_5F5F, validity: .always)])
    #expect(tables.keeper.admissions.map(\.file) == ["admission.key", "next.key"])
    #expect(tables.keeper.keys.map(\.fingerprint) == [0x1111_1111_1111_1111])
    let secrets = "\(tables.keeper.admissions)"
    #expect(!secrets.contains(String(0xB0B0_B0B0_B0B0_B0B0 as UInt64)))
  }
}
