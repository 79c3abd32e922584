// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What `[defence]` compiles to: bounds of the tables, and the sets.
@Suite struct DefenceTablesTests {
  @Test(arguments: [
    EvidenceLimits(window: .seconds(1), ports: 1, refusals: 1, codes: 1, suspectsPerMinute: 1),
    EvidenceLimits(window: .seconds(3600), pause: .seconds(1), ports: 64, refusals: 64, codes: 64, suspectsPerMinute: 6000),
  ])
  func limitsWithinBoundsAreRead(_ limits: EvidenceLimits) throws {
    var tables = Samples.gate
    tables.evidence = limits
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
    tables.evidence = nil
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
  }

  @Test(arguments: [
    EvidenceLimits(window: .seconds(0), ports: 8, refusals: 8, codes: 8, suspectsPerMinute: 8),
    EvidenceLimits(window: .seconds(3601), ports: 8, refusals: 8, codes: 8, suspectsPerMinute: 8),
    EvidenceLimits(window: .seconds(60), ports: 0, refusals: 8, codes: 8, suspectsPerMinute: 8),
    EvidenceLimits(window: .seconds(60), ports: 8, refusals: 65, codes: 8, suspectsPerMinute: 8),
    EvidenceLimits(window: .seconds(60), ports: 8, refusals: 8, codes: .max, suspectsPerMinute: 8),
    EvidenceLimits(window: .seconds(60), ports: 8, refusals: 8, codes: 8, suspectsPerMinute: 0),
  ])
  func otherLimitsAreRefused(_ limits: EvidenceLimits) {
    var tables = Samples.gate
    tables.evidence = limits
    #expect(Samples.gateError(tables.encoded()) == .malformed)
  }

  private static let faults: [@Sendable (inout BanRules) -> Void] = [
    { $0.timeout = 0 }, { $0.timeout = $0.longest + 1 }, { $0.longest = TableLimits.longestBan + 1 }, { $0.bansPerMinute = 0 },
    { $0.table = "" }, { $0.never = Array(repeating: $0.never[0], count: 257) },
  ]

  @Test(arguments: faults.indices) func otherRulesAreRefused(_ fault: Int) throws {
    var tables = try Samples.keeper()
    var rules = try #require(tables.defence)
    Self.faults[fault](&rules)
    tables.defence = rules
    #expect(Samples.keeperError(tables.encoded()) == .malformed)
  }

  @Test func setsHaveNamesOfTheirOwn() {
    #expect(
      BanSet.all.map(\.name) == [
        "banned4", "banned6", "banned6_56", "banned6_48", "barred4", "barred4_24", "barred4_16", "barred6", "barred6_56",
        "barred6_48",
      ])
    #expect(BanSet(isManual: false, .ipv4, length: 24) == nil && BanSet(isManual: true, .ipv6, length: 128) == nil)
  }

  @Test func aTableOfOneFamilyHasItsSets() {
    var rules = BanRules(family: .ip, table: "filter", timeout: 1, longest: 1, bansPerMinute: 1)
    #expect(rules.sets.allSatisfy { $0.family == .ipv4 } && rules.sets.count == 4)
    rules.family = .ip6
    #expect(rules.sets.allSatisfy { $0.family == .ipv6 } && rules.sets.count == 6)
    #expect(rules.sets.first.map(rules.reference)?.description == "ip6 filter banned6")
  }
}
