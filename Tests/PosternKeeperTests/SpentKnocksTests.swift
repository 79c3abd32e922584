// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct SpentKnocksTests {
  private static let second: UInt64 = 1_000_000_000

  private func id(_ number: UInt64) -> Bytes16 { Bytes16(high: number, low: ~number) }

  @Test func aKnockCountsOnce() throws {
    var spent = SpentKnocks()
    try spent.spend(id(1), at: 0)
    try spent.spend(id(2), at: 0)
    #expect(throws: Denial.replay) { try spent.spend(id(1), at: 1) }
    #expect(throws: Denial.replay) { try spent.spend(id(2), at: 1) }
  }

  /// Whatever phase of its turns a knock falls into, it is remembered until its stamp is bad.
  @Test(arguments: [0, 1, 200, 359, 360, 361, 700]) func itIsRememberedAsLongAsItsStampIsGood(_ start: UInt64) throws {
    var spent = SpentKnocks()
    let first = start * Self.second
    try spent.spend(id(1), at: first)
    for elapsed in stride(from: 0, through: SpentKnocks.memory, by: Int(30 * Self.second)) {
      #expect(throws: Denial.replay) { try spent.spend(id(1), at: first + elapsed) }
      try spent.spend(id(2 + elapsed), at: first + elapsed)
    }
  }

  @Test func itIsForgottenAtLast() throws {
    var spent = SpentKnocks(limit: 1)
    try spent.spend(id(1), at: Self.second)
    try spent.spend(id(1), at: Self.second + 2 * SpentKnocks.memory)
  }

  /// The longest that any protocol's stamps are good.
  @Test func memoryCoversEveryProtocol() {
    for window in KnockProtocol.allCases.compactMap(\.window) where window.isStamped {
      #expect(SpentKnocks.memory >= UInt64(window.past.nanoseconds + window.future.nanoseconds))
    }
    #expect(SpentKnocks.memory < 3600 * Self.second)
  }

  @Test func whatCannotBeRememberedIsRefused() throws {
    var spent = SpentKnocks(limit: 2)
    try spent.spend(id(1), at: 0)
    try spent.spend(id(2), at: 0)
    #expect(throws: Denial.ringFull) { try spent.spend(id(3), at: 0) }
    #expect(throws: Denial.replay) { try spent.spend(id(1), at: 0) }
  }

  // MARK: In the keeper

  /// What several gates tell of counts once, also over a reload; one gate alone is believed.
  @Test(arguments: [1, 2]) func ofSeveralGatesOneOpens(_ gates: Int) {
    var tables = Fixture.tables()
    tables.gates = gates
    var bench = Bench(tables)
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5)).grants == 1)
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 6)).grants == 1)
    let again = bench.receive(Fixture.grant("192.0.2.7", id: 5))
    #expect(again.grants == (gates == 1 ? 1 : 0))
    #expect(again.denials == (gates == 1 ? [] : [.replay]))
  }

  @Test func aReloadDoesNotForget() {
    var tables = Fixture.tables()
    tables.gates = 2
    var bench = Bench(tables)
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5)).grants == 1)
    bench.keeper = bench.keeper.successor(with: GrantRules(tables: tables, generation: 2))
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 5, generation: 2)).denials == [.replay])
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 7, generation: 2)).grants == 1)
  }

  /// A close is spent, too: its copy must not end a lease that came later.
  @Test func aCloseCountsOnce() {
    var tables = Fixture.tables()
    tables.gates = 2
    var bench = Bench(tables)
    _ = bench.receive(Fixture.grant("192.0.2.7", id: 5))
    _ = bench.receive(Fixture.grant("192.0.2.7", lease: 0, id: 6, action: .close))
    #expect(bench.kernel.isEmpty)
    _ = bench.receive(Fixture.grant("192.0.2.7", id: 7))
    #expect(bench.receive(Fixture.grant("192.0.2.7", lease: 0, id: 6, action: .close)).denials == [.replay])
    #expect(bench.kernel.count == 1)
  }
}
