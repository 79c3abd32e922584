// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Which leases another configuration keeps, and which of those that were found in the sets count.
@Suite struct SuccessionTests {
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var keeps: Bool
    var edit: @Sendable (inout KeeperTables) -> Void
  }

  static let changes: [Change] = [
    Change(testDescription: "nothing", keeps: true) { _ in },
    Change(testDescription: "another user is gone", keeps: true) { $0.users[1].isDisabled = true },
    Change(testDescription: "the user is disabled", keeps: false) { $0.users[0].isDisabled = true },
    Change(testDescription: "the user is observed", keeps: false) { $0.users[0].observesOnly = true },
    Change(testDescription: "the user has lost the door", keeps: false) { $0.users[0].doors = [1] },
    Change(testDescription: "the key has been replaced under its name", keeps: false) { $0.keys[0].fingerprint += 1 },
    Change(testDescription: "the key has another name", keeps: false) { $0.keys[0].name = Fixture.name("tablet") },
    Change(testDescription: "the address is no longer among the sources", keeps: false) {
      $0.users[0].sources = AddressPrefix(Fixture.ip("198.51.100.0"), length: 24).map { [$0] } ?? []
    },
    Change(testDescription: "the longest lease is shorter than what is left", keeps: false) { $0.doors[0].longestLease = 30 },
    Change(testDescription: "the longest lease is longer than what is left", keeps: true) { $0.doors[0].longestLease = 61 },
    Change(testDescription: "the key ends before the lease", keeps: false) {
      $0.keys[0].validity = Validity(notBefore: nil, notAfter: Bench().now.wall + .seconds(10))
    },
  ]

  @Test(arguments: changes) func aReloadKeepsWhatItWouldGive(_ change: Change) {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 60, id: 1))
    var tables = Fixture.tables()
    change.edit(&tables)
    let work = bench.keeper.closeUnfit(for: GrantRules(tables: tables, generation: 2), at: bench.now)
    #expect(work.isEmpty == change.keeps)
    #expect(bench.keeper.book.count == (change.keeps ? 1 : 0))
  }

  @Test func aLeaseOfSomebodyWhoHasNoDoorAnyMoreIsClosedWhenItIsFound() {
    var tables = Fixture.tables()
    tables.users[1].isDisabled = true
    var bench = Bench(tables)
    func left(_ address: String, _ comment: String) -> FoundElement {
      FoundElement(element: bench.element(address), remaining: 3_600_000, comment: comment)
    }
    _ = bench.keeper.adopt(
      [
        left("192.0.2.7", "alice/laptop ssh 0000000000000001"), left("192.0.2.8", "bob/desk ssh 0000000000000002"),
        left("192.0.2.9", "mallory/desk ssh 0000000000000003"),
      ], at: bench.now)
    let work = bench.keeper.closeStrange(at: bench.now)
    #expect(work.changes.map(\.element) == [bench.element("192.0.2.8"), bench.element("192.0.2.9")])
    #expect(bench.keeper.book.all.map(\.comment.user) == [Fixture.name("alice")])
  }
}
