// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// `[defence]`, from text to tables.
@Suite struct DefenceTests {
  private func compiled(_ section: String) throws -> CompiledTables {
    try Samples.configuration(Samples.minimal + "\n" + section).compiled(with: Samples.world())
  }

  @Test func withoutTheTableThereIsNone() throws {
    let tables = try compiled("")
    #expect(tables.gate.evidence == nil && tables.keeper.defence == nil)
  }

  @Test func anEmptyTableTakesTheDefaults() throws {
    let tables = try compiled("[defence]")
    #expect(
      tables.gate.evidence == EvidenceLimits(window: .seconds(60), ports: 8, refusals: 20, codes: 5, suspectsPerMinute: 60))
    #expect(
      tables.keeper.defence
        == BanRules(family: .inet, table: "postern", timeout: 600, longest: 86_400, bansPerMinute: 60))
  }

  @Test func everyKeyIsTaken() throws {
    let tables = try compiled(
      """
      [defence]
      table = "ip filter"
      window = "500s"
      ports = 3
      refusals = 64
      codes = 1
      timeout = "5s"
      longest = "30d"
      bans-per-minute = 6000
      never = ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"]
      """)
    #expect(
      tables.gate.evidence
        == EvidenceLimits(window: .seconds(500), pause: .seconds(5), ports: 3, refusals: 64, codes: 1, suspectsPerMinute: 6000))
    let never = ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"].compactMap { AddressPrefix($0) }
    #expect(
      tables.keeper.defence
        == BanRules(family: .ip, table: "filter", timeout: 5, longest: 2_592_000, bansPerMinute: 6000, never: never))
  }

  /// A first ban that is longer than a day makes the longest as long.
  @Test func aLongTimeoutNeedsNoLongest() throws {
    #expect(try compiled("[defence]\ntimeout = \"2d\"").keeper.defence?.longest == 172_800)
    #expect(try compiled("[defence]\nlongest = \"1m\"").keeper.defence?.timeout == 60)
  }

  @Test(arguments: [
    ("ports = 0", 2, "\"ports\" must be between 1 and 64, not 0"),
    ("refusals = 65", 2, "\"refusals\" must be between 1 and 64, not 65"),
    ("codes = \"5\"", 2, "\"codes\" must be an integer"), ("window = \"2h\"", 2, "\"window\" must be between 1s and 1h, not 2h"),
    ("longest = \"31d\"", 2, "\"longest\" must be between 1s and 30d, not 31d"),
    ("timeout = \"2m\"\nlongest = \"1m\"", 2, "\"timeout\" must not be longer than \"longest\""),
    ("bans-per-minute = 0", 2, "\"bans-per-minute\" must be between 1 and 6000, not 0"),
    ("never = [\"192.0.2.1/24\"]", 2, "\"never\" must be a network"), ("table = \"postern\"", 2, "\"table\" must be a table"),
    ("port = 3", 2, "unknown key \"port\""),
  ])
  func whatIsWrongIsToldWithItsPlace(_ lines: String, _ line: Int, _ message: String) {
    let errors = Samples.errors(Samples.minimal + "\n[defence]\n" + lines)
    let place = Samples.minimal.split(separator: "\n", omittingEmptySubsequences: false).count + line
    #expect(errors.contains(message) && errors.contains(":\(place):"), "\(errors)")
  }

  @Test func aDoorIsNoBanSet() {
    let text = Samples.minimal.replacing("ports = [\"tcp/22\"]", with: "ports = [\"tcp/22\"]\nset4 = \"banned4\"")
    #expect(Samples.errors(text).isEmpty)
    let errors = Samples.errors(text + "\n[defence]\n")
    #expect(errors.contains("the set inet postern banned4 is one of those that bans are written to"), "\(errors)")
  }

  @Test func itIsATable() {
    #expect(Samples.errors("defence = true\n" + Samples.minimal).contains("\"defence\" must be a table"))
  }
}
