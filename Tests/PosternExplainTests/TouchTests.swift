// SPDX-License-Identifier: Apache-2.0
import PosternExplain
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What is no knock, and what it leads to.
@Suite struct TouchTests {
  private static func lane(never: [String] = []) throws -> Lane {
    try Lane { gate, keeper in
      gate.evidence = EvidenceLimits(window: .seconds(60), ports: 2, refusals: 4, codes: 2, suspectsPerMinute: 60)
      keeper.defence = BanRules(
        family: .inet, table: "postern", timeout: 600, longest: 86_400, bansPerMinute: 60,
        never: never.compactMap { AddressPrefix($0) })
    }
  }

  private static func touch(_ port: UInt16, from source: String = "203.0.113.5") -> [UInt8] {
    PacketBuilder(from: Lane.ip(source), to: Lane.ip(Lane.gateway))?.udp(from: 40000, to: port, payload: []) ?? []
  }

  @Test func itCountsAndThenBans() throws {
    let lane = try Self.lane()
    let first = lane.explain(Self.touch(23), prefix: "touch")
    #expect(first.verdict == .refused(.touch, by: .gate) && first.ban == nil)
    let second = lane.explain(Self.touch(25), prefix: "touch")
    #expect(
      second.text == [
        "#2 2027-01-15T08:00:00.000Z touch 203.0.113.5:40000 -> 192.0.2.1:25 udp 0 bytes",
        "  refused at touch by the gate: touch: no knock: a packet to a guarded port, or something else than a knock to a knock port",
        "  bans 203.0.113.5 for 600 s: it reached the limit of ports",
      ])
    #expect(
      second.json.hasSuffix(#""reason":"touch","bans":[{"source":"203.0.113.5","seconds":600,"cause":"ports"}]}"#),
      "\(second.json)")
    #expect(lane.explain(Self.touch(26), prefix: "touch").ban == nil, "told once")
  }

  @Test func whoIsSparedIsToldWhy() throws {
    let lane = try Self.lane(never: ["203.0.113.0/24"])
    _ = lane.explain(Self.touch(23), prefix: "touch")
    let second = lane.explain(Self.touch(25), prefix: "touch")
    #expect(second.ban == .spared(.neverBanned))
    #expect(
      second.text.last
        == "  its source reached a limit and is not banned: never-banned: the configuration says that it is never banned")
    #expect(second.json.hasSuffix(#""bans":[{"reason":"never-banned"}]}"#), "\(second.json)")
  }

  @Test func refusedKnocksCount() throws {
    let lane = try Self.lane()
    let junk = (0..<4).map { lane.explain(Lane.udp([UInt8](repeating: $0, count: 184), from: "203.0.113.5")) }
    #expect(junk.map(\.ban) == [nil, nil, nil, .banned("203.0.113.5", seconds: 600, cause: "refusals")])
  }

  /// A ban says nothing about a knock, and the lease ends it.
  @Test func aKnockIsNotAskedAboutBans() throws {
    let lane = try Self.lane()
    for port in [23, 25] as [UInt16] { _ = lane.explain(Self.touch(port, from: Lane.client), prefix: "touch") }
    #expect(try lane.explain(Lane.Wish()).opening != nil)
  }

  @Test func withoutLimitsItOnlyCounts() throws {
    let lane = try Lane()
    for port in 1...100 as ClosedRange<UInt16> { #expect(lane.explain(Self.touch(port), prefix: "touch").ban == nil) }
  }
}
