// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Doors over sets of other layouts than the shipped one.
@Suite struct SetCatalogTests {
  private func tables(_ change: (inout KeeperTables) -> Void) -> KeeperTables {
    var tables = Fixture.tables()
    change(&tables)
    return tables
  }

  private func services(_ texts: String...) -> [Service] { texts.compactMap { Service($0) } }

  private func bench(_ fields: [KeyField]?, _ change: (inout KeeperTables) -> Void = { _ in }) -> Bench {
    var bench = Bench(tables(change))
    if let fields { bench.lay(fields) }
    return bench
  }

  private func elements(_ bench: Bench) -> [String] { bench.kernel.keys.map(\.description).sorted() }

  @Test func theLayoutOfTheSetDecides() {
    let ports = { (tables: inout KeeperTables) in tables.doors[0].services = self.services("tcp/22", "udp/22", "udp/53") }
    for (fields, wanted) in [
      ([.sourceAddress], ["192.0.2.7"]), ([.port, .sourceAddress], ["192.0.2.7 port 22", "192.0.2.7 port 53"]),
      ([.sourceAddress, .transport], ["192.0.2.7 tcp", "192.0.2.7 udp"]),
      ([.transport, .port, .sourceAddress], ["192.0.2.7 tcp/22", "192.0.2.7 udp/22", "192.0.2.7 udp/53"]),
    ] as [([KeyField], [String])] {
      var bench = bench(fields, ports)
      #expect(bench.receive(Fixture.grant()).grants == 1)
      #expect(elements(bench) == wanted)
      #expect(bench.keeper.rules.demand().first == UInt64(4 * wanted.count + 2), "two users, two leases each, and the door web")
    }
  }

  /// Two doors whose services a key does not tell apart: the element lasts as long as one of them is open.
  @Test func doorsThatCollapseShareTheElement() {
    var bench = bench([.sourceAddress])
    _ = bench.receive(Fixture.grant(lease: 30, id: 1), Fixture.grant(door: 1, lease: 60, id: 2))
    #expect(bench.keeper.book.count == 2 && elements(bench) == ["192.0.2.7"])
    _ = bench.close(2)
    #expect(bench.kernel.values.map(\.comment) == ["alice/laptop ssh 0000000000000001"])
    _ = bench.close(1)
    #expect(bench.kernel.isEmpty)
  }

  @Test func aMaskedDoorOpensTheNetworkOnce() {
    var bench = bench([.sourceAddress, .port]) { for door in 0...1 { $0.doors[door].prefix4 = 24 } }
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 1)).grants == 1)
    #expect(bench.receive(Fixture.grant("192.0.2.99", id: 2)).grants == 1)
    #expect(elements(bench) == ["192.0.2.0/24 port 22"] && bench.keeper.book.count == 1, "a neighbour renews")
    #expect(bench.receive(Fixture.grant("192.0.2.1", id: 3)).denials == [.ownAddress], "the claim, not its network")
    _ = bench.receive(Fixture.grant("192.0.2.50", id: 4, action: .close))
    #expect(bench.kernel.isEmpty)
  }

  /// The whole network must lie in one that the user may come from, and clear of forbidden ones.
  @Test(
    arguments: [
      (24, "192.0.2.7", "192.0.2.0/24", nil), (24, "192.0.2.7", "192.0.0.0/16", nil),
      (24, "192.0.2.7", "192.0.2.0/28", .sourceNotPermitted), (24, "198.51.100.7", "192.0.2.0/24", .sourceNotPermitted),
      (8, "169.1.1.1", "0.0.0.0/0", .addressNotAllowed), (16, "169.253.1.1", "0.0.0.0/0", nil),
    ] as [(UInt8, String, String, Denial?)])
  func networksOfMaskedDoors(_ prefix: UInt8, _ address: String, _ source: String, _ denial: Denial?) throws {
    let source = try #require(AddressPrefix(source))
    var bench = bench([.sourceAddress]) {
      $0.users[0].sources = [source]
      for door in 0...1 { $0.doors[door].prefix4 = prefix }
    }
    #expect(bench.receive(Fixture.grant(address)).denials == (denial.map { [$0] } ?? []))
    #expect(bench.kernel.count == (denial == nil ? 1 : 0))
  }

  @Test func destinationsAreInTheKey() {
    let destinations = ["10.0.0.5", "10.0.0.6", "fd00::5"].map(Fixture.ip)
    var bench = bench([.sourceAddress, .destinationAddress, .port]) { $0.doors[0].destinations = destinations }
    #expect(bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7")).grants == 1)
    #expect(
      elements(bench) == [
        "192.0.2.7 to 10.0.0.5 port 22", "192.0.2.7 to 10.0.0.6 port 22", "2001:db8::7 to fd00::5 port 22",
      ])
  }

  /// A lease of too many elements never reaches the kernel, whatever the compiler let through.
  @Test func noMoreThanSixtyFourElements() {
    let most = { (count: UInt16) in
      { (tables: inout KeeperTables) in tables.doors[0].services = (1...count).compactMap { Port($0) }.map { Service(.tcp, $0) } }
    }
    var full = bench(nil, most(32))
    #expect(full.receive(Fixture.grant("192.0.2.7", "2001:db8::7")).grants == 1 && full.kernel.count == 64)
    var over = bench(nil, most(33))
    #expect(over.receive(Fixture.grant("192.0.2.7", "2001:db8::7")).denials == [.setUnsuited] && over.kernel.isEmpty)
    var plain = bench([.sourceAddress], most(33))
    #expect(plain.receive(Fixture.grant("192.0.2.7", "2001:db8::7")).grants == 1 && plain.kernel.count == 2)
  }

  @Test(
    arguments: [
      (nil, "192.0.2.7 . tcp . 22"), ([.sourceAddress], "192.0.2.7"), ([.port, .sourceAddress], "22 . 192.0.2.7"),
      ([.destinationAddress, .sourceAddress, .transport, .port], "10.0.0.5 . 192.0.2.7 . tcp . 22"),
    ] as [([KeyField]?, String)])
  func asNftWritesIt(_ fields: [KeyField]?, _ text: String) {
    let bench = bench(fields) { for door in 0...1 { $0.doors[door].destinations = [Fixture.ip("10.0.0.5")] } }
    let catalog = bench.keeper.rules.catalog
    #expect(catalog.elements(of: 0, for: Fixture.ip("192.0.2.7")).map(catalog.nft) == [text])
  }

  // MARK: Layouts that change

  /// Open leases follow the set from key to key; what a key did not say is filled in from the door.
  @Test func openLeasesAreToldInTheNewKey() {
    var bench = bench([.sourceAddress, .transport, .port]) { $0.doors[0].services = self.services("tcp/22", "udp/53") }
    _ = bench.receive(Fixture.grant(lease: 60, id: 1), Fixture.grant(key: 2, lease: 90, id: 2))
    let chain: [([KeyField], [String])] = [
      ([.sourceAddress, .port], ["192.0.2.7 port 22", "192.0.2.7 port 53"]), ([.sourceAddress], ["192.0.2.7"]),
      ([.port, .transport, .sourceAddress], ["192.0.2.7 tcp/22", "192.0.2.7 udp/53"]),
      ([.transport, .sourceAddress], ["192.0.2.7 tcp", "192.0.2.7 udp"]),
    ]
    for (fields, wanted) in chain {
      #expect(bench.lay(fields) == [0, 1])
      for id in 1...2 as ClosedRange<UInt64> {
        #expect(bench.keeper.book[LeaseID(id)]?.elements.map(\.description) == wanted)
      }
      #expect(bench.lay(fields) == [], "known")
    }
    #expect(bench.keeper.book[LeaseID(1)]?.end == bench.now.uptime + 60_000_000_000)
  }

  /// An element that an operator deleted, or that the set refused, does not come back with another key that says as much.
  @Test func whatALeaseHasLostStaysLost() {
    var bench = bench([.sourceAddress, .transport, .port]) { $0.doors[0].services = self.services("tcp/22", "udp/53") }
    bench.faults[bench.element("192.0.2.7", port: "udp/53")] = .setFull
    _ = bench.receive(Fixture.grant(id: 1))
    bench.lay([.port, .sourceAddress])
    #expect(bench.keeper.book[LeaseID(1)]?.elements.map(\.description) == ["192.0.2.7 port 22"])
  }

  @Test func aSetThatIsAwayKeepsItsKey() {
    var bench = bench([.sourceAddress])
    _ = bench.receive(Fixture.grant(id: 1))
    #expect(bench.keeper.take([nil, nil]) == [])
    _ = bench.receive(Fixture.grant("192.0.2.8", id: 2))
    #expect(elements(bench) == ["192.0.2.7", "192.0.2.8"])
  }

  /// What the set cannot say stands in the book in another layout: it does not fit the set, so nothing of it is ever written.
  @Test func aDoorThatCannotUseTheKeyIsNamed() {
    let bench = bench([.sourceAddress, .port]) { $0.doors[0].services = self.services("tcp/22", "tcp/8000-8010") }
    let catalog = bench.keeper.rules.catalog
    #expect(catalog.elements(of: 0, for: Fixture.ip("192.0.2.7")).map(\.description) == ["192.0.2.7"])
    #expect(
      catalog.misfits(of: 0) == [
        "its key has a port, and tcp/8000-8010 is a range: name each port, or leave the port to the rule (door ssh)"
      ])
    #expect(catalog.elements(of: 1, for: Fixture.ip("192.0.2.7")).map(\.description) == ["192.0.2.7 port 443"])
  }

  @Test func adoptionTakesElementsOfAnyKey() throws {
    var bench = bench([.sourceAddress]) { for door in 0...1 { $0.doors[door].prefix4 = 24 } }
    let network = try #require(AddressPrefix("192.0.2.0/24"))
    let element = DoorElement(set: 0, parts: KeyParts(source: network))
    let found = FoundElement(element: element, remaining: 20_000, comment: "alice/laptop ssh 00000000000000aa")
    #expect(bench.keeper.adopt([found], at: bench.now).count == 1)
    #expect(bench.receive(Fixture.grant("192.0.2.200", lease: 30, id: 1)).grants == 1)
    #expect(bench.keeper.book.all.map(\.id) == [LeaseID(0xaa)], "renewed by a neighbour")
    #expect(bench.keeper.book[LeaseID(0xaa)]?.elements == [element])
  }

  // MARK: Configurations that change

  @Test func anotherMaskClosesAndTheSameKeyKeeps() {
    var kept = bench([.sourceAddress])
    _ = kept.receive(Fixture.grant(id: 1))
    for (prefix, isKept) in [(32, true), (24, false)] as [(UInt8, Bool)] {
      var next = GrantRules(tables: tables { for door in 0...1 { $0.doors[door].prefix4 = prefix } }, generation: 2)
      next.take([nil, nil], after: kept.keeper.rules)
      var keeper = kept.keeper
      let work = keeper.closeUnfit(for: next, at: kept.now)
      #expect(work.changes.isEmpty == isKept)
      #expect(keeper.successor(with: next).book.count == (isKept ? 1 : 0))
    }
  }

  // MARK: Notices

  @Test func whatTheRuleHasToSay() throws {
    let text = "an open lease admits all that the rule with @door4 admits, so that rule has to say"
    for (fields, rest) in [
      ([.sourceAddress], "no protocol and no port: \(text) tcp/22, udp/53"),
      ([.sourceAddress, .transport], "no port: \(text) tcp/22, udp/53"),
      ([.sourceAddress, .port], "no protocol: \(text) tcp or udp"),
    ] as [([KeyField], String)] {
      let bench = bench(fields) { $0.doors[0].services = self.services("tcp/22", "udp/53") }
      #expect(bench.keeper.rules.catalog.notices.first == "doors.ssh: the key of set inet postern door4 has \(rest)")
    }
    let routed = bench([.sourceAddress, .transport, .port]) { $0.doors[0].destinations = [Fixture.ip("10.0.0.5")] }
    #expect(
      routed.keeper.rules.catalog.notices == [
        "doors.ssh: the key of set inet postern door4 has no destination-address: \(text) the destination"
      ])
    #expect(bench([.port, .transport, .sourceAddress]).keeper.rules.catalog.notices.isEmpty)
    #expect(bench(nil).keeper.rules.catalog.notices.isEmpty, "nothing is known of the sets")
  }
}
