// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct SpentKnocksTests {
  private func spent(limit: Int = 1000) -> SpentKnocks { SpentKnocks(memory: .seconds(90), limit: limit) }

  /// So many seconds after a moment.
  private func at(_ seconds: UInt64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }

  @Test func aKnockCountsWithTheFirstGate() throws {
    var spent = spent()
    try spent.spend(1, of: 0, at: at(0))
    try spent.spend(2, of: 1, at: at(0))
    #expect(throws: Denial.replay) { try spent.spend(1, of: 1, at: at(1)) }
    #expect(throws: Denial.replay) { try spent.spend(2, of: 0, at: at(1)) }
  }

  /// A knock for several doors is several grants, one behind another; behind others it is a copy.
  @Test func grantsOfOneKnockBelongTogether() throws {
    var spent = spent()
    for _ in 0..<3 { try spent.spend(1, of: 0, at: at(0)) }
    try spent.spend(2, of: 1, at: at(0))
    try spent.spend(1, of: 0, at: at(0))
    try spent.spend(3, of: 0, at: at(0))
    #expect(throws: Denial.replay) { try spent.spend(1, of: 0, at: at(0)) }
  }

  /// Whatever phase of its turns a knock falls into, it is remembered until its stamp is bad.
  @Test(arguments: [0, 1, 45, 89, 90, 91, 200]) func itIsRememberedAsLongAsItsStampIsGood(_ start: UInt64) throws {
    var spent = spent()
    try spent.spend(1, of: 0, at: at(start))
    for elapsed in UInt64(0)...90 {
      #expect(throws: Denial.replay) { try spent.spend(1, of: 1, at: at(start + elapsed)) }
      try spent.spend(2 + elapsed, of: 0, at: at(start + elapsed))
    }
  }

  @Test func itIsForgottenAtLast() throws {
    var spent = spent(limit: 1)
    try spent.spend(1, of: 0, at: at(1))
    try spent.spend(1, of: 1, at: at(1 + 180))
  }

  @Test func whatCannotBeRememberedIsRefused() throws {
    var spent = spent(limit: 2)
    try spent.spend(1, of: 0, at: at(0))
    try spent.spend(2, of: 0, at: at(0))
    #expect(throws: Denial.ringFull) { try spent.spend(3, of: 0, at: at(0)) }
    #expect(throws: Denial.replay) { try spent.spend(1, of: 0, at: at(0)) }
  }

  /// However long it stands wrong: what could be good once more is still known.
  @Test func aClockThatIsSetBackOpensNothingTwice() throws {
    var spent = spent()
    try spent.spend(1, of: 0, at: at(5000))
    for early in [UInt64(0), 1000, 4984] {
      #expect(throws: Denial.clockClosed) { try spent.spend(2, of: 1, at: at(early)) }
    }
    try spent.spend(2, of: 1, at: at(4985))
    #expect(throws: Denial.replay) { try spent.spend(1, of: 1, at: at(5000)) }
    #expect(throws: Denial.replay) { try spent.spend(1, of: 1, at: at(5089)) }
  }

  @Test func whatCountsAsOftenAsItComesTakesNoRoom() throws {
    var spent = spent(limit: 1)
    for second in UInt64(0)...5 { try spent.spend(0, of: 0, at: at(second)) }
    try spent.spend(1, of: 0, at: at(5))
  }

  /// Knocks of a protocol that is taken out, and put back.
  @Test func anotherConfigurationForgetsNoSooner() throws {
    var long = SpentKnocks(memory: .seconds(375), limit: 1000)
    try long.spend(1, of: 0, at: at(184))
    var short = spent()
    short.take(over: long)
    try short.spend(2, of: 0, at: at(186))
    #expect(throws: Denial.replay) { try short.spend(1, of: 1, at: at(280)) }
    var again = SpentKnocks(memory: .seconds(375), limit: 1000)
    again.take(over: short)
    #expect(throws: Denial.replay) { try again.spend(1, of: 1, at: at(550)) }
  }

  @Test func asManyGatesAsAConfigurationMayHave() { #expect(GateLaunch.gateLimit == TableLimits.gates) }

  /// Every protocol's stamps, and clocks that go wrong by as much as is borne.
  @Test(arguments: KnockProtocol.remembered.filter { $0.window?.isStamped == true })
  func memoryCoversTheProtocol(_ kind: KnockProtocol) throws {
    var tables = Fixture.tables()
    tables.gates = 2
    tables.rings = [.init(kind: kind, slots: 16)]
    var spent = SpentKnocks(tables)
    let window = try #require(kind.window)
    let length = UInt64((window.past.nanoseconds + window.future.nanoseconds + ClockGate.tolerance.nanoseconds) / 1_000_000_000)
    try spent.spend(1, of: 0, at: at(0))
    // A turn as early as can be.
    try spent.spend(2, of: 0, at: at(1))
    #expect(throws: Denial.replay) { try spent.spend(1, of: 1, at: at(length)) }
  }

  // MARK: In the keeper

  private func bench(_ gates: Int = 2) -> Bench {
    var tables = Fixture.tables()
    tables.gates = gates
    return Bench(tables)
  }

  /// What several gates tell of counts once; one gate alone is believed.
  @Test(arguments: [1, 2]) func ofSeveralGatesOneOpens(_ gates: Int) {
    var bench = bench(gates)
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 5)).grants == 1)
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 6, low: 6)).grants == 1)
    let again = bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 5), of: 1)
    #expect(again.grants == (gates == 1 ? 1 : 0))
    #expect(again.denials == (gates == 1 ? [] : [.replay]))
  }

  @Test func aKnockForSeveralDoorsOpensThem() {
    var bench = bench()
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 9), Fixture.grant("192.0.2.8", id: 4, low: 9)).grants == 2)
    #expect(bench.receive(Fixture.grant("192.0.2.8", id: 4, low: 9), of: 1).denials == [.replay])
  }

  /// One gate's policy refused it: another gate's may not take it.
  @Test func aRefusedKnockIsSpentToo() {
    var bench = bench()
    let refusal = KeeperFrame.Refusal(
      denial: .outsideHours, key: KeyIndex(0), source: Fixture.ip("192.0.2.7"), skew: .seconds(0), spent: 7)
    #expect(bench.receive(KeeperFrame(generation: 1, body: .refusal(refusal))).denials == [.outsideHours])
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 7), of: 1).denials == [.replay])
    // Not spent: whose bucket was empty may knock with it again.
    var unspent = refusal
    unspent.spent = 0
    #expect(bench.receive(KeeperFrame(generation: 1, body: .refusal(unspent))).denials == [.outsideHours])
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 6, low: 8), of: 1).grants == 1)
  }

  @Test func aReloadDoesNotForget() {
    var bench = bench()
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 5)).grants == 1)
    bench.keeper = bench.keeper.successor(with: GrantRules(tables: bench.keeper.rules.tables, generation: 2))
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 5, generation: 2), of: 1).denials == [.replay])
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 7, low: 7, generation: 2)).grants == 1)
  }

  /// A close is spent, too: its copy must not end a lease that came later.
  @Test func aCloseCountsOnce() {
    var bench = bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", id: 5, low: 5))
    _ = bench.receive(Fixture.grant("192.0.2.7", lease: 0, id: 6, low: 6, action: .close))
    #expect(bench.kernel.isEmpty)
    _ = bench.receive(Fixture.grant("192.0.2.7", id: 7, low: 7))
    #expect(bench.receive(Fixture.grant("192.0.2.7", lease: 0, id: 6, low: 6, action: .close), of: 1).denials == [.replay])
    #expect(bench.kernel.count == 1)
  }

  /// The rings of several gates are strange to every other keeper: that is no word on the gateway's keys.
  @Test(arguments: [(1, "fenced-other-gateway-key"), (2, "fenced-several-gates")])
  func theFenceHasItsReason(_ gates: Int, _ words: String) {
    var bench = bench(gates)
    let events = bench.receive(KeeperFrame(generation: 1, body: .ready(.fencedGateway)))
    guard case .gateReady(_, let ring)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(ring.description == words)
  }
}
