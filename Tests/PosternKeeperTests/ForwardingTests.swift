// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Doors that lead flows to hosts behind the gateway.
@Suite struct ForwardingTests {
  private static let map4 = KeeperTables.SetReference(family: .inet, table: "postern", set: "hosts4")
  private static let map6 = KeeperTables.SetReference(family: .inet, table: "postern", set: "hosts6")

  private static func target(_ text: String) -> ForwardTarget {
    guard let target = ForwardTarget(text) else { preconditionFailure("no target: \(text)") }
    return target
  }

  /// The doors ssh and web, of the same service, to one host each; bob may use both.
  private static func tables(_ ssh: String = "10.0.0.5:22", _ web: String = "10.0.0.6:22") -> KeeperTables {
    var tables = Fixture.tables()
    tables.doors[0].forward4 = Forward(map: map4, target: target(ssh))
    tables.doors[0].forward6 = Forward(map: map6, target: target("[fd00::5]:22"))
    tables.doors[1].forward4 = Forward(map: map4, target: target(web))
    tables.doors[1].services = tables.doors[0].services
    tables.users[1].doors = [0, 1]
    return tables
  }

  private func elements(_ bench: Bench) -> [String] { bench.kernel.keys.map(\.description).sorted() }

  private func found(_ element: DoorElement, _ comment: String?, seconds: UInt64 = 60) -> FoundElement {
    FoundElement(element: element, remaining: seconds * 1000, comment: comment)
  }

  private func mapElement(_ bench: Bench, door: Int = 0) throws -> DoorElement {
    try #require(bench.keeper.rules.elements([Fixture.ip("192.0.2.7")], door: door).first { $0.target != nil })
  }

  @Test func aLeaseIsTwoElementsInOneTransaction() {
    var bench = Bench(Self.tables())
    #expect(bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7")).grants == 1)
    #expect(
      elements(bench) == [
        "192.0.2.7 tcp/22", "192.0.2.7 tcp/22 led to 10.0.0.5:22", "2001:db8::7 tcp/22",
        "2001:db8::7 tcp/22 led to [fd00::5]:22",
      ])
    #expect(bench.transactions == 1)
    _ = bench.close(1)
    #expect(bench.kernel.isEmpty && bench.transactions == 2)
    #expect(bench.keeper.rules.demand() == [8, 8, 4, 4], "two users, two leases, two doors")
  }

  /// Behind the map the destination is the host; before it, it is what the door says.
  @Test func destinationsBeforeAndBehindTheMap() {
    var tables = Self.tables()
    tables.doors[0].destinations = [Fixture.ip("203.0.113.1")]
    tables.doors[1].destinations = [Fixture.ip("203.0.113.2")]
    var bench = Bench(tables)
    bench.lay([.sourceAddress, .destinationAddress, .port])
    _ = bench.receive(Fixture.grant())
    #expect(
      elements(bench) == ["192.0.2.7 to 10.0.0.5 port 22", "192.0.2.7 to 203.0.113.1 port 22 led to 10.0.0.5:22"])
    let catalog = bench.keeper.rules.catalog
    #expect(
      catalog.elements(of: 0, for: Fixture.ip("192.0.2.7")).map(catalog.nft) == [
        "192.0.2.7 . 203.0.113.1 . 22 : 10.0.0.5 . 22", "192.0.2.7 . 10.0.0.5 . 22",
      ])
  }

  /// The key of the map changes under an open lease: its target stays.
  @Test func openLeasesAreToldInTheNewKey() {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant(id: 1))
    bench.lay([.sourceAddress, .destinationAddress, .port])
    #expect(
      bench.keeper.book[LeaseID(1)]?.elements.map(\.description).sorted() == [
        "192.0.2.7 tcp/22 led to 10.0.0.5:22", "192.0.2.7 to 10.0.0.5 port 22",
      ], "no door says which address of the gateway is meant, so the map has none of it")
  }

  // MARK: One map, two targets

  /// The same flows cannot go to two hosts: the later is refused, in one wake-up and in another, by knock and by operator.
  @Test func theSecondTargetIsRefused() {
    var bench = Bench(Self.tables())
    let events = bench.receive(Fixture.grant(id: 1), Fixture.grant(key: 2, door: 1, id: 2))
    #expect(events.grants == 1 && events.denials == [.addressTaken])
    #expect(bench.receive(Fixture.grant(door: 1, id: 3)).denials == [.addressTaken])
    let opening = OperatorOpening(user: Fixture.name("bob"), door: Fixture.name("web"), addresses: [Fixture.ip("192.0.2.7")])
    #expect(throws: OperatorRefusal.denied(.addressTaken)) { try bench.open(opening) }
    #expect(bench.receive(Fixture.grant("192.0.2.8", id: 4)).grants == 1, "another source")
    #expect(bench.receive(Fixture.grant(key: 2, id: 5)).grants == 1, "the same door for another user")
    _ = bench.close(1)
    #expect(bench.receive(Fixture.grant(door: 1, id: 6)).denials == [.addressTaken], "bob's lease still leads")
    _ = bench.close(5)
    #expect(bench.receive(Fixture.grant(door: 1, id: 7)).grants == 1)
    #expect(elements(bench).contains("192.0.2.7 tcp/22 led to 10.0.0.6:22"))
  }

  @Test func anEndedLeaseLeadsNowhere() {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    _ = bench.pass(seconds: 31)
    #expect(bench.receive(Fixture.grant(door: 1, id: 2)).grants == 1)
  }

  /// What an administrator led elsewhere stays so, and nobody is sent there in a door's name.
  @Test func foreignTargetsAreRivals() throws {
    var bench = Bench(Self.tables())
    var foreign = try mapElement(bench)
    foreign.target = Self.target("10.9.9.9:22")
    _ = bench.keeper.adopt([found(foreign, nil, seconds: 60)], at: bench.now)
    #expect(bench.receive(Fixture.grant(id: 1)).denials == [.addressTaken] && bench.kernel.isEmpty)
    var change = ForeignChange(author: .init(program: "nft", process: 1))
    change.deleted = [foreign]
    _ = bench.follow(change)
    #expect(bench.receive(Fixture.grant(id: 2)).grants == 1)
  }

  // MARK: Earlier keepers, others' changes

  @Test func adoptionChecksTheTarget() throws {
    var bench = Bench(Self.tables())
    let own = try mapElement(bench)
    var misled = own
    misled.target = Self.target("10.9.9.9:22")
    let comment = "alice/laptop ssh 00000000000000aa"
    #expect(bench.keeper.adopt([found(misled, comment)], at: bench.now).isEmpty && bench.keeper.book.foreignCount == 1)
    bench = Bench(Self.tables())
    #expect(bench.keeper.adopt([found(own, comment), found(bench.element("192.0.2.7"), comment)], at: bench.now).count == 1)
    #expect(bench.keeper.book[LeaseID(0xaa)]?.elements.count == 2 && bench.keeper.book.foreignCount == 0)
  }

  /// The map alone is lost: both elements are written again, for neither is written without the other.
  @Test func bothComeBack() throws {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant(id: 1))
    let map = try mapElement(bench)
    bench.kernel = bench.kernel.filter { $0.key != map }
    var change = ForeignChange(author: .init(program: "nft", process: 1))
    change.lost = [map.set]
    change.returned = [map.set]
    let work = bench.keeper.follow(change, at: bench.now)
    #expect(Set(work.changes.map(\.element)) == Set([map, bench.element("192.0.2.7")]))
  }

  /// An operator takes the element out of the map: what let its flows pass goes too, and stays where another lease needs it.
  @Test(arguments: [false, true]) func aDeletedTargetTakesThePassWithIt(_ isShared: Bool) throws {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", lease: 60, id: 1))
    let map = try mapElement(bench)
    let pass = bench.element("192.0.2.7")
    if isShared { _ = bench.keeper.adopt([found(pass, "bob/desk web 00000000000000aa", seconds: 30)], at: bench.now) }
    bench.kernel[map] = nil
    var change = ForeignChange(author: .init(program: "nft", process: 1))
    change.deleted = [map]
    #expect(bench.follow(change).count == 1)
    #expect(bench.seconds(pass) == (isShared ? 30 : nil))
    #expect(bench.keeper.book[LeaseID(1)]?.elements.allSatisfy { $0.address.family == .ipv6 } == true)
  }

  /// A reload of the ruleset that brings another target: the lease does not fight it.
  @Test func aRestoreLeavesForeignTargets() throws {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant(id: 1))
    let map = try mapElement(bench)
    var foreign = map
    foreign.target = Self.target("10.9.9.9:22")
    var change = ForeignChange(author: .init(program: "nft", process: 1))
    change.lost = [map.set]
    change.returned = [map.set]
    change.found = [found(foreign, nil)]
    let work = bench.keeper.follow(change, at: bench.now)
    #expect(work.changes == [.remove(bench.element("192.0.2.7"))], "and nothing passes that is not led")
    #expect(bench.keeper.book.count == 0 && bench.keeper.book.rival(of: map) == foreign)
  }

  // MARK: Reload

  @Test(
    arguments: [
      ("10.0.0.5:22", 0), ("10.0.0.7:22", 1), ("10.0.0.5:23", 1), (nil, 1),
    ] as [(String?, Int)])
  func aReloadClosesWhatIsLedOtherwise(_ target: String?, _ closed: Int) {
    var bench = Bench(Self.tables())
    _ = bench.receive(Fixture.grant(id: 1))
    var tables = Self.tables()
    tables.doors[0].forward4 = target.map { Forward(map: Self.map4, target: Self.target($0)) }
    let work = bench.keeper.closeUnfit(for: GrantRules(tables: tables, generation: 2), at: bench.now)
    #expect(work.changes.count == 2 * closed)
  }

  @Test func aReloadThatLeadsClosesWhatWasNotLed() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    let work = bench.keeper.closeUnfit(for: GrantRules(tables: Self.tables(), generation: 2), at: bench.now)
    #expect(work.changes == [.remove(bench.element("192.0.2.7"))])
  }
}
