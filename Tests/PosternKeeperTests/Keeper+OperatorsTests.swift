// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct KeeperOperatorsTests {
  private static func opening(
    user: String = "alice", key: String? = nil, door: String = "ssh", seconds: UInt32? = nil, _ addresses: String...
  ) -> OperatorOpening {
    OperatorOpening(
      user: Fixture.name(user), key: key.map(Fixture.name), door: Fixture.name(door), seconds: seconds,
      addresses: addresses.map(Fixture.ip))
  }

  /// The refusal of what throws one.
  private func refusal(_ body: () throws(OperatorRefusal) -> Void) -> OperatorRefusal? {
    do throws(OperatorRefusal) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  // MARK: Open

  @Test func opensInAUsersName() throws {
    var bench = Bench()
    let (events, leases) = try bench.open(Self.opening(seconds: 90, "192.0.2.7", "2001:db8::7"))
    #expect(events.grants == 1 && leases.count == 1 && bench.transactions == 1)
    let end = bench.now.uptime + 90_000_000_000
    let comment = "alice/laptop ssh \(leases[0])"
    #expect(
      bench.kernel == [
        bench.element("192.0.2.7"): .init(end: end, comment: comment),
        bench.element("2001:db8::7"): .init(end: end, comment: comment),
      ])
  }

  @Test func withoutATimeTheDoorsOwnCounts() throws {
    var bench = Bench()
    _ = try bench.open(Self.opening("192.0.2.7"))
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 30_000_000_000)
    var tables = Fixture.tables()
    tables.users[0].longestLease = 20
    var short = Bench(tables)
    _ = try short.open(Self.opening("192.0.2.7"))
    #expect(short.kernel[short.element("192.0.2.7")]?.end == short.now.uptime + 20_000_000_000, "the user's longest is shorter")
  }

  @Test func theKeyIsTheNamedOneOrTheFirstValidOne() throws {
    var tables = Fixture.tables()
    tables.keys[0].validity.notAfter = Timestamp(seconds: 1_800_000_000)
    var bench = Bench(tables)
    _ = try bench.open(Self.opening("192.0.2.7"))
    #expect(bench.kernel[bench.element("192.0.2.7")]?.comment.hasPrefix("alice/phone ssh") == true)
    var named = Bench()
    _ = try named.open(Self.opening(key: "phone", "192.0.2.7"))
    #expect(named.kernel[named.element("192.0.2.7")]?.comment.hasPrefix("alice/phone ssh") == true)
  }

  @Test func furtherAddressesAreFurtherLeases() throws {
    var bench = Bench()
    let (events, leases) = try bench.open(Self.opening("192.0.2.7", "2001:db8::7", "192.0.2.8", "192.0.2.7"))
    #expect(events.grants == 2 && Set(leases).count == 2 && bench.transactions == 1)
    #expect(bench.keeper.book.all.map(\.elements.count).sorted() == [1, 2])
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.open(Self.opening("192.0.2.9")) } == .denied(.tooManyLeases))
  }

  @Test func openingAgainRenews() throws {
    var bench = Bench()
    let first = try bench.open(Self.opening(seconds: 30, "192.0.2.7")).leases
    _ = bench.pass(seconds: 10)
    #expect(try bench.open(Self.opening(seconds: 30, "192.0.2.7")).leases == first)
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 30_000_000_000)
    #expect(bench.receive(Fixture.grant(lease: 60, id: 9)).grants == 1)
    #expect(bench.keeper.book.all.map(\.id) == first, "the user's own knock renews it, too")
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var opening: OperatorOpening
    var refusal: OperatorRefusal
    var change: @Sendable (inout KeeperTables) -> Void = { _ in }
  }

  static let refused: [Refused] = [
    .init(testDescription: "no such user", opening: opening(user: "carol", "192.0.2.7"), refusal: .noUser(Fixture.name("carol"))),
    .init(
      testDescription: "key of another", opening: opening(key: "desk", "192.0.2.7"),
      refusal: .noKey(user: Fixture.name("alice"), key: Fixture.name("desk"))),
    .init(testDescription: "no such door", opening: opening(door: "ftp", "192.0.2.7"), refusal: .noDoor(Fixture.name("ftp"))),
    .init(
      testDescription: "door of others", opening: opening(user: "bob", door: "web", "192.0.2.7"),
      refusal: .denied(.doorNotPermitted)),
    .init(testDescription: "over the door's longest", opening: opening(seconds: 601, "192.0.2.7"), refusal: .tooLong(most: 600)),
    .init(testDescription: "over the user's longest", opening: opening(seconds: 20, "192.0.2.7"), refusal: .tooLong(most: 19)) {
      $0.users[0].longestLease = 19
    },
    .init(testDescription: "over the validity", opening: opening(seconds: 6, "192.0.2.7"), refusal: .tooLong(most: 5)) {
      $0.users[0].validity.notAfter = Timestamp(nanoseconds: 1_800_000_005_500_000_000)
    },
    .init(testDescription: "no time at all", opening: opening(seconds: 0, "192.0.2.7"), refusal: .denied(.leaseNotAllowed)),
    .init(testDescription: "loopback", opening: opening("192.0.2.7", "127.0.0.1"), refusal: .denied(.addressNotAllowed)),
    .init(testDescription: "the gateway's own", opening: opening("192.0.2.1"), refusal: .denied(.ownAddress)),
    .init(testDescription: "family without set", opening: opening(door: "web", "2001:db8::7"), refusal: .denied(.noFamilyLeft)),
    .init(testDescription: "outside the user's networks", opening: opening("198.51.100.1"), refusal: .denied(.sourceNotPermitted))
    {
      $0.users[0].sources = AddressPrefix("192.0.2.0/24").map { [$0] } ?? []
    },
    .init(testDescription: "no key valid", opening: opening(user: "bob", "192.0.2.7"), refusal: .denied(.keyNotValid)) {
      $0.keys[2].validity.notBefore = Timestamp(seconds: 1_800_000_001)
    },
    .init(testDescription: "user not valid", opening: opening("192.0.2.7"), refusal: .denied(.keyNotValid)) {
      $0.users[0].validity.notAfter = Timestamp(seconds: 1_800_000_000)
    },
  ]

  /// The same opening without the fault opens: a keeper that refuses everything fails in `opensInAUsersName`.
  @Test(arguments: refused) func refusesWhatAKnockCouldNotGet(_ row: Refused) {
    var tables = Fixture.tables()
    row.change(&tables)
    var bench = Bench(tables)
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.open(row.opening) } == row.refusal)
    #expect(bench.kernel.isEmpty && bench.transactions == 0 && bench.keeper.book.count == 0)
  }

  @Test func theUsersRateDoesNotCount() throws {
    var tables = Fixture.tables()
    tables.users[0].grantsPerMinute = 1
    var bench = Bench(tables)
    _ = bench.receive(Fixture.grant(id: 1))
    #expect(bench.receive(Fixture.grant(id: 2)).denials == [.tooManyGrants])
    #expect(try bench.open(Self.opening("192.0.2.8")).events.grants == 1)
  }

  @Test func whatTheKernelRefusesIsNoLease() throws {
    var bench = Bench()
    bench.faults[bench.element("192.0.2.7")] = .setFull
    let (events, leases) = try bench.open(Self.opening("192.0.2.7"))
    #expect(events.denials == [.setFull] && leases.count == 1 && bench.keeper.book.count == 0)
  }

  // MARK: Extend

  @Test func extendsFromNowOrFromTheEnd() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", lease: 30, id: 1))
    _ = bench.pass(seconds: 10)
    #expect(try bench.extend(1, .lasting(100)).grants == 1)
    for address in ["192.0.2.7", "2001:db8::7"] {
      #expect(bench.kernel[bench.element(address)]?.end == bench.now.uptime + 100_000_000_000)
    }
    _ = try bench.extend(1, .added(50))
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 150_000_000_000)
    #expect(bench.kernel[bench.element("192.0.2.7")]?.comment == "alice/laptop ssh 0000000000000001")
    #expect(bench.pass(seconds: 149).isEmpty && bench.pass(seconds: 1).count == 1)
  }

  @Test func extendsWithinTheLongestLease() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.extend(1, .lasting(601)) } == .tooLong(most: 600))
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.extend(1, .added(571)) } == .tooLong(most: 600))
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.extend(1, .added(.max)) } == .tooLong(most: 600))
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.extend(1, .lasting(30)) } == .lastsLonger)
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.extend(2, .lasting(60)) } == .noLease(LeaseID(2)))
    #expect(bench.transactions == 1)
    #expect(try bench.extend(1, .added(570)).grants == 1)
  }

  // MARK: Revoke

  @Test func revokeClosesEverythingOfTheUserAndNothingElse() throws {
    var bench = Bench()
    _ = bench.receive(
      Fixture.grant(id: 1), Fixture.grant(key: 1, door: 1, "192.0.2.8", id: 2), Fixture.grant(key: 2, "192.0.2.9", id: 3))
    let (events, outcome) = try bench.revoke("alice")
    #expect(outcome == .init(user: Fixture.name("alice"), leases: 2, stays: [], unseen: []))
    #expect(events.count == 3 && events.last == .revoked(outcome))
    #expect(Array(bench.kernel.keys) == [bench.element("192.0.2.9")])
    #expect(bench.transactions == 2)
  }

  @Test func revokeNamesWhatOthersHold() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 60, id: 1), Fixture.grant(key: 2, lease: 30, id: 2))
    let outcome = try bench.revoke("alice").outcome
    #expect(outcome.stays == [bench.element("192.0.2.7")])
    #expect(bench.kernel[bench.element("192.0.2.7")]?.comment == "bob/desk ssh 0000000000000002")
    #expect(bench.kernel[bench.element("192.0.2.7")]?.end == bench.now.uptime + 30_000_000_000)
  }

  /// After a restart only the longest holder is known: a revoke of another who may share it says so, until that end.
  @Test func revokeNamesWhatMayBeHeldUnseen() throws {
    var bench = Bench()
    let mine = bench.element("192.0.2.7")
    let others = bench.element("192.0.2.8", port: "tcp/443")
    _ = bench.keeper.adopt(
      [
        FoundElement(element: mine, remaining: 30_000, comment: "bob/desk ssh 0000000000000005"),
        FoundElement(element: others, remaining: 30_000, comment: "alice/phone web 0000000000000006"),
      ], at: bench.now)
    #expect(try bench.revoke("alice").outcome == .init(user: Fixture.name("alice"), leases: 1, stays: [], unseen: [mine]))
    #expect(try bench.revoke("bob").outcome == .init(user: Fixture.name("bob"), leases: 1, stays: [], unseen: []))
    _ = bench.keeper.adopt(
      [FoundElement(element: mine, remaining: 30_000, comment: "bob/desk ssh 0000000000000005")], at: bench.now)
    _ = bench.receive(Fixture.grant(key: 2, lease: 60, id: 7))
    _ = bench.pass(seconds: 31)
    #expect(try bench.revoke("alice").outcome.unseen.isEmpty, "whoever shared it unseen has lost it by now")
  }

  @Test func revokeOfNobody() throws {
    var bench = Bench()
    #expect(refusal { () throws(OperatorRefusal) in _ = try bench.revoke("carol") } == .noUser(Fixture.name("carol")))
    let (events, outcome) = try bench.revoke("bob")
    #expect(outcome.leases == 0 && events == [.revoked(outcome)], "a revoke that closes nothing is audited, too")
    _ = bench.keeper.adopt(
      [FoundElement(element: bench.element("192.0.2.7"), remaining: 30_000, comment: "carol/x ssh 0000000000000005")],
      at: bench.now)
    #expect(try bench.revoke("carol").outcome.leases == 1, "a user whom the configuration no longer knows")
  }

  @Test func closeOfNoLease() {
    var bench = Bench()
    #expect(
      refusal { () throws(OperatorRefusal) in _ = try bench.keeper.close(LeaseID(1), at: bench.now) } == .noLease(LeaseID(1)))
  }
}
