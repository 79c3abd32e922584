// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct KeeperTests {
  @Test func opensBothFamiliesInOneTransaction() throws {
    var bench = Bench()
    let events = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: 0xabc))
    #expect(events.grants == 1)
    #expect(bench.transactions == 1)
    let stored = Bench.Stored(end: bench.now.uptime + 30_000_000_000, comment: "alice/laptop ssh 0000000000000abc")
    #expect(bench.kernel == [bench.element("192.0.2.7"): stored, bench.element("2001:db8::7"): stored])
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var frame: KeeperFrame
    var denial: Denial
    var change: @Sendable (inout KeeperTables) -> Void = { _ in }
  }

  static let refused: [Refused] = [
    .init(testDescription: "other generation", frame: Fixture.grant(generation: 2), denial: .generationStale),
    .init(testDescription: "key beyond the table", frame: Fixture.grant(key: 3), denial: .frameMalformed),
    .init(testDescription: "door beyond the table", frame: Fixture.grant(door: 2), denial: .frameMalformed),
    .init(testDescription: "door of others", frame: Fixture.grant(key: 2, door: 1), denial: .doorNotPermitted),
    .init(testDescription: "no lease", frame: Fixture.grant(lease: 0), denial: .leaseNotAllowed),
    .init(testDescription: "lease over the door's", frame: Fixture.grant(lease: 601), denial: .leaseNotAllowed),
    .init(testDescription: "lease over the user's", frame: Fixture.grant(lease: 20), denial: .leaseNotAllowed) {
      $0.users[0].longestLease = 19
    },
    .init(testDescription: "no address", frame: Fixture.grant(nil, nil), denial: .noFamilyLeft),
    .init(testDescription: "family without set", frame: Fixture.grant(door: 1, nil, "2001:db8::7"), denial: .noFamilyLeft),
    .init(testDescription: "loopback", frame: Fixture.grant("127.0.0.1"), denial: .addressNotAllowed),
    .init(testDescription: "link-local", frame: Fixture.grant(nil, "fe80::7"), denial: .addressNotAllowed),
    .init(testDescription: "the gateway's own", frame: Fixture.grant("192.0.2.1"), denial: .ownAddress),
    .init(testDescription: "outside the user's networks", frame: Fixture.grant("198.51.100.1"), denial: .sourceNotPermitted) {
      $0.users[0].sources = AddressPrefix("192.0.2.0/24").map { [$0] } ?? []
    },
    .init(testDescription: "second family outside", frame: Fixture.grant("192.0.2.7", "2001:db8::7"), denial: .sourceNotPermitted)
    {
      $0.users[0].sources = AddressPrefix("192.0.2.0/24").map { [$0] } ?? []
    },
    .init(testDescription: "key expired", frame: Fixture.grant(), denial: .keyNotValid) {
      $0.keys[0].validity.notAfter = Timestamp(seconds: 1_800_000_000)
    },
    .init(testDescription: "user not yet valid", frame: Fixture.grant(), denial: .keyNotValid) {
      $0.users[0].validity.notBefore = Timestamp(seconds: 1_800_000_001)
    },
    .init(testDescription: "less than a second left", frame: Fixture.grant(), denial: .keyNotValid) {
      $0.users[0].validity.notAfter = Timestamp(nanoseconds: 1_800_000_000_900_000_000)
    },
  ]

  /// The same frame without the fault opens: a keeper that refuses everything fails here.
  @Test(arguments: refused) func refuses(_ row: Refused) {
    var tables = Fixture.tables()
    row.change(&tables)
    var bench = Bench(tables)
    #expect(bench.receive(row.frame).denials == [row.denial])
    #expect(bench.kernel.isEmpty && bench.transactions == 0)
    var good = Bench()
    #expect(good.receive(Fixture.grant()).grants == 1)
  }

  @Test func validityCutsTheLease() {
    var tables = Fixture.tables()
    tables.keys[0].validity.notAfter = Timestamp(nanoseconds: 1_800_000_005_500_000_000)
    var bench = Bench(tables)
    #expect(bench.receive(Fixture.grant()).grants == 1)
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 5_000_000_000)
  }

  @Test func renewalKeepsTheLeaseAndNeverShortens() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    _ = bench.pass(seconds: 10)
    #expect(bench.receive(Fixture.grant(lease: 30, id: 2)).grants == 1)
    #expect(bench.keeper.book.all.map(\.id) == [LeaseID(1)])
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 30_000_000_000)
    let before = bench.transactions
    #expect(bench.receive(Fixture.grant(lease: 5, id: 3)).grants == 1)
    #expect(bench.transactions == before)
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 30_000_000_000)
  }

  @Test func openLeasesOfAUserAtADoorAreLimited() {
    var bench = Bench()
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 1)).grants == 1)
    #expect(bench.receive(Fixture.grant(key: 1, "192.0.2.8", id: 2)).grants == 1)
    #expect(bench.receive(Fixture.grant("192.0.2.9", id: 3)).denials == [.tooManyLeases])
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 4)).grants == 1, "a renewal is not another lease")
    #expect(bench.receive(Fixture.grant(door: 1, "192.0.2.9", id: 5)).grants == 1, "another door counts for itself")
    _ = bench.pass(seconds: 31)
    #expect(bench.receive(Fixture.grant("192.0.2.9", id: 6)).grants == 1, "ended leases free their place")
  }

  @Test func grantsAMinuteAreLimited() {
    var tables = Fixture.tables()
    tables.users[0].grantsPerMinute = 3
    var bench = Bench(tables)
    for id in 1...3 { #expect(bench.receive(Fixture.grant(id: UInt64(id))).grants == 1) }
    #expect(bench.receive(Fixture.grant(id: 4)).denials == [.tooManyGrants])
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.9", id: 5)).grants == 1, "another user has his own")
    _ = bench.pass(seconds: 20)
    #expect(bench.receive(Fixture.grant(id: 6)).grants == 1)
    #expect(bench.receive(Fixture.grant(id: 7)).denials == [.tooManyGrants])
  }

  @Test func twoUsersBehindOneAddressShareTheElement() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1), Fixture.grant(key: 2, lease: 60, id: 2))
    let element = bench.element("192.0.2.7")
    #expect(bench.kernel[element]?.comment == "bob/desk ssh 0000000000000002")
    #expect(bench.close(2)?.count == 1)
    #expect(bench.kernel[element]?.comment == "alice/laptop ssh 0000000000000001", "shortened to the holder that is left")
    #expect(bench.kernel[element]?.end == bench.now.uptime + 30_000_000_000)
    #expect(bench.close(1)?.count == 1)
    #expect(bench.kernel.isEmpty)
    #expect(bench.close(1) == nil)
  }

  @Test func closingTheShorterHolderChangesNothing() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1), Fixture.grant(key: 2, lease: 60, id: 2))
    let before = bench.kernel
    let transactions = bench.transactions
    _ = bench.close(1)
    #expect(bench.kernel == before && bench.transactions == transactions)
  }

  @Test func usersCloseTheirOwnOnly() {
    var bench = Bench()
    _ = bench.receive(
      Fixture.grant("192.0.2.7", id: 1), Fixture.grant("192.0.2.8", id: 2), Fixture.grant(key: 2, "192.0.2.9", id: 3))
    _ = bench.receive(Fixture.grant("192.0.2.8", id: 4, action: .close))
    #expect(bench.kernel.keys.count == 2 && bench.kernel[bench.element("192.0.2.8")] == nil)
    _ = bench.receive(Fixture.grant("192.0.2.9", id: 5, action: .close))
    #expect(bench.kernel[bench.element("192.0.2.9")] != nil, "bob's")
    _ = bench.receive(Fixture.grant(key: 1, nil, nil, lease: 0, id: 6, action: .close))
    #expect(Array(bench.kernel.keys) == [bench.element("192.0.2.9")])
  }

  @Test func failingElementsAreDroppedAndTheRestStays() {
    var bench = Bench()
    bench.faults = [bench.element("2001:db8::7"): .setFull, bench.element("192.0.2.8"): .setFull]
    let events = bench.receive(
      Fixture.grant("192.0.2.7", "2001:db8::7", id: 1), Fixture.grant("192.0.2.8", id: 2),
      Fixture.grant(key: 2, "192.0.2.9", id: 3))
    #expect(events.grants == 2 && events.denials == [.setFull])
    #expect(Set(bench.kernel.keys) == [bench.element("192.0.2.7"), bench.element("192.0.2.9")])
    #expect(Set(bench.keeper.book.all.map(\.id)) == [LeaseID(1), LeaseID(3)])
  }

  @Test func aCloseThatTheKernelRefusesIsNotForgotten() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    bench.faults = [bench.element("192.0.2.7"): .setForeignOwner]
    let closing = bench.close(1)
    let events = try #require(closing)
    guard case .closeFailed(_, .setForeignOwner) = events.first else {
      Issue.record("expected a failed close, got \(events)")
      return
    }
    #expect(bench.keeper.book.count == 1)
    bench.faults = [bench.element("192.0.2.7"): .setMissing]
    #expect(bench.close(1)?.count == 1)
    #expect(bench.keeper.book.count == 0)
  }

  @Test func leasesEndByTheirOwnTimer() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1), Fixture.grant(key: 2, "192.0.2.9", lease: 10, id: 2))
    #expect(bench.keeper.book.nextEnd == bench.now.uptime + 10_000_000_000)
    #expect(bench.pass(seconds: 9).isEmpty)
    #expect(bench.pass(seconds: 1).count == 1)
    #expect(bench.pass(seconds: 20).count == 1)
    #expect(bench.keeper.book.count == 0 && bench.kernel.isEmpty)
  }

  @Test func adoptsLeasesAndLeavesForeignElementsAlone() throws {
    var bench = Bench()
    let found: [FoundElement] = [
      .init(element: bench.element("192.0.2.7"), remaining: 20_000, comment: "alice/laptop ssh 00000000000000aa"),
      .init(element: bench.element("2001:db8::7"), remaining: 19_000, comment: "alice/laptop ssh 00000000000000aa"),
      .init(element: bench.element("192.0.2.8"), remaining: 40_000, comment: "by hand"),
      .init(element: bench.element("192.0.2.9"), remaining: nil, comment: nil),
    ]
    #expect(bench.keeper.adopt(found, at: bench.now).count == 1)
    let lease = try #require(bench.keeper.book[LeaseID(0xaa)])
    #expect(lease.elements.count == 2 && lease.end == bench.now.uptime + 20_000_000_000)
    // A grant that a foreign element already outlasts rides on it; a longer one replaces it; a permanent one is never touched.
    #expect(bench.receive(Fixture.grant("192.0.2.8", lease: 30, id: 1)).grants == 1)
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.9", lease: 600, id: 2)).grants == 1)
    #expect(bench.transactions == 0)
    _ = bench.close(1)
    _ = bench.close(2)
    #expect(bench.transactions == 0, "foreign elements are never deleted")
    // The adopted lease is renewed by the same key's next knock.
    #expect(bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", lease: 30, id: 3)).grants == 1)
    #expect(bench.keeper.book[LeaseID(0xaa)]?.end == bench.now.uptime + 30_000_000_000)
    #expect(bench.pass(seconds: 31).count == 1)
  }

  /// A foreign element that a lease prolonged gets its own end back when the lease is closed.
  @Test func aProlongedForeignElementIsGivenBack() {
    var bench = Bench()
    let element = bench.element("192.0.2.8")
    _ = bench.keeper.adopt([.init(element: element, remaining: 20_000, comment: "by hand")], at: bench.now)
    let ownEnd = bench.now.uptime + 20_000_000_000
    _ = bench.receive(Fixture.grant("192.0.2.8", lease: 30, id: 1))
    #expect(bench.kernel[element]?.end == bench.now.uptime + 30_000_000_000)
    _ = bench.pass(seconds: 5)
    _ = bench.close(1)
    #expect(bench.kernel[element] == Bench.Stored(end: ownEnd, comment: "by hand"))
  }

  /// A gate in a stranger's hands names another user's lease id: that lease stays in the book.
  @Test func aLeaseIDIsNeverTakenOver() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(key: 2, "192.0.2.9", id: 7))
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 7)).denials == [.frameMalformed])
    #expect(bench.keeper.book[LeaseID(7)]?.comment.user == Fixture.name("bob"))
  }

  /// A set that refuses one family does not turn each of a client's knocks into another lease.
  @Test func aLeaseWithARefusedElementIsRenewed() {
    var bench = Bench()
    bench.faults = [bench.element("2001:db8::7"): .setFull]
    for id in 1...6 { #expect(bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: UInt64(id))).grants == 1) }
    #expect(bench.keeper.book.count == 1)
    bench.faults = [:]
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: 7))
    #expect(bench.keeper.book.count == 1 && bench.kernel.count == 2)
  }

  /// The door `web` has no IPv6 set: a close that names an IPv6 address there closes nothing.
  @Test func aCloseOfAFamilyWithoutASetClosesNothing() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(door: 1, "192.0.2.7", id: 1))
    _ = bench.receive(Fixture.grant(door: 1, nil, "2001:db8::7", id: 2, action: .close))
    #expect(bench.keeper.book.count == 1)
    _ = bench.receive(Fixture.grant(door: 1, nil, nil, id: 3, action: .close))
    #expect(bench.keeper.book.count == 0)
  }

  @Test func elementsThatOutliveEverybodyAreAdoptedWithoutOverflow() {
    var bench = Bench()
    let found: [FoundElement] = [
      .init(element: bench.element("192.0.2.8"), remaining: .max, comment: nil),
      .init(element: bench.element("192.0.2.9"), remaining: .max, comment: "alice/laptop ssh 00000000000000aa"),
      .init(element: bench.element("192.0.2.10"), remaining: 9, comment: "bob/desk ssh 00000000000000aa"),
    ]
    #expect(bench.keeper.adopt(found, at: bench.now).count == 1)
    #expect(bench.keeper.book.foreignCount == 2, "an id twice with different holders is none of ours")
  }

  @Test func quotasAreSummedPerSet() {
    // alice: 2 leases at ssh and 2 at web; bob: 2 at ssh. ssh has both families, web IPv4 only.
    #expect(Keeper(tables: Fixture.tables(), generation: 1).rules.demand() == [6, 4] as [UInt64])
  }

  /// Random grants, closes and time against the rule that must always hold: the kernel has exactly the elements of open leases, each
  /// until the end of its longest holder.
  @Test(arguments: [1, 2, 3, 4, 5]) func randomHistory(_ seed: UInt64) {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    var bench = Bench()
    for round in 1...3000 {
      let address = "192.0.2.\(2 + random(4))"
      switch random(10) {
      case 0: _ = bench.pass(seconds: UInt64(random(20)))
      case 1: if let lease = bench.keeper.book.all.randomElement(random) { _ = bench.close(lease.id.value) }
      case 2: _ = bench.receive(Fixture.grant(key: random(3), random(2) == 0 ? address : nil, id: UInt64(round), action: .close))
      default: _ = bench.receive(Fixture.grant(key: random(3), address, lease: UInt32(1 + random(60)), id: UInt64(round)))
      }
      var expected: [DoorElement: UInt64] = [:]
      for lease in bench.keeper.book.all {
        for element in lease.elements { expected[element] = max(expected[element] ?? 0, lease.end) }
      }
      #expect(bench.kernel.mapValues(\.end) == expected, "round \(round)")
      if bench.kernel.mapValues(\.end) != expected { return }
    }
  }

  /// In one wake-up a user closes, and another's grant for the same element meets a full set: the close stands.
  @Test func aRefusedGrantIsNoFailureOfAClose() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    bench.faultsOfPuts[bench.element("192.0.2.7")] = .setFull
    let events = bench.receive(Fixture.grant(id: 2, action: .close), Fixture.grant(key: 2, id: 3))
    #expect(events.denials == [.setFull])
    #expect(!events.contains { if case .closeFailed = $0 { true } else { false } })
    #expect(bench.keeper.book.count == 0 && bench.kernel.isEmpty)
  }
}

extension [Lease] {
  func randomElement(_ random: (Int) -> Int) -> Lease? { isEmpty ? nil : self[random(count)] }
}
