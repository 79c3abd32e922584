// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Flows that come through doors: who they are, when they end, and what becomes of one-shot doors.
@Suite struct KeeperSessionsTests {
  static let address = "192.0.2.7"

  /// The fixture's doors, `ssh` one-shot.
  private static func bench(cutsAtEnd: Bool = false) -> Bench {
    var tables = Fixture.tables()
    tables.doors[0].isOnce = true
    tables.doors[0].sessions4 = .init(family: .inet, table: "postern", set: "session4")
    tables.doors[0].sessions6 = .init(family: .inet, table: "postern", set: "session6")
    if cutsAtEnd {
      tables.users[0].validity = Validity(notAfter: Timestamp(seconds: 1_800_000_100))
      tables.users[0].cutsAtEnd = true
    }
    return Bench(tables)
  }

  static func flow(_ source: String = address, port: UInt16 = 4000, to service: UInt16 = 22, id: UInt32 = 1) -> Flow {
    let source = Fixture.ip(source)
    let server = source.family == .ipv4 ? Fixture.ip("192.0.2.1") : Fixture.ip("2001:db8::1")
    let tuple = FlowTuple(source: source, sourcePort: port, destination: server, destinationPort: service, transport: .tcp)
    var flow = Flow(tuple: tuple, server: server, serverPort: service)
    flow.id = id
    flow.mark = FlowMarks.standard.session
    return flow
  }

  private static func begun(_ events: [AuditEvent]) -> [Session] {
    events.compactMap { if case .session(let session) = $0 { session } else { nil } }
  }

  private static func endings(_ events: [AuditEvent]) -> [Session.Ending] {
    events.compactMap { if case .sessionEnded(_, let ending, _) = $0 { ending } else { nil } }
  }

  private static func leaseEnds(_ events: [AuditEvent]) -> [AuditEvent.Ending] {
    events.compactMap { if case .ended(_, let ending) = $0 { ending } else { nil } }
  }

  @Test func aFlowTakesItsLeaseInBothFamilies() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(Self.address, "2001:db8::7"))
    #expect(bench.kernel.count == 2)
    // The rules have deleted what they took.
    bench.kernel[bench.element(Self.address)] = nil
    let events = bench.meet(Self.flow())
    #expect(Self.begun(events).first?.comment?.user == Fixture.name("alice"))
    #expect(Self.leaseEnds(events) == [.taken])
    #expect(bench.kernel.isEmpty && bench.keeper.book.count == 0)
    #expect(Self.begun(bench.meet(Self.flow())).isEmpty, "told once")
    #expect(Self.begun(events).first?.element?.parts.sourcePort == Port(4000))
  }

  /// A flow with the mark of a session may have come in by another way than the rule that deletes the element.
  @Test func noElementOfATakenDoorIsLeft() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant())
    let events = bench.meet(Self.flow())
    #expect(Self.leaseEnds(events) == [.taken])
    #expect(bench.kernel.isEmpty && bench.keeper.book.count == 0)
  }

  @Test func anotherHolderGetsHisElementAgain() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(lease: 60, id: 1 << 40))
    _ = bench.receive(Fixture.grant(key: 2, lease: 30, id: 2 << 40))
    bench.kernel[bench.element(Self.address)] = nil
    #expect(Self.begun(bench.meet(Self.flow())).first?.comment?.user == Fixture.name("alice"), "the element names her")
    #expect(bench.kernel[bench.element(Self.address)]?.comment.hasPrefix("bob/desk") == true)
    #expect(bench.seconds(bench.element(Self.address)) == 30)
    #expect(Self.begun(bench.meet(Self.flow(port: 4001, id: 2))).first?.comment?.user == Fixture.name("bob"))
  }

  @Test func aDoorThatIsNotOneShotStays() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(door: 1))
    let events = bench.meet(Self.flow(to: 443))
    #expect(Self.begun(events).first?.comment?.door == Fixture.name("web"))
    #expect(Self.leaseEnds(events).isEmpty && bench.kernel.count == 1)
    #expect(Self.begun(events).first?.element == nil)
  }

  @Test func aFlowIsHeardOfAfterItsLease() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(door: 1, lease: 5))
    _ = bench.pass(seconds: 6)
    #expect(Self.begun(bench.meet(Self.flow(to: 443))).first?.comment?.user == Fixture.name("alice"))
  }

  @Test func nobodyIsNamedWhoDidNotKnock() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant())
    for flow in [Self.flow("192.0.2.8"), Self.flow(to: 23), Self.flow("2001:db8::7")] {
      let events = bench.meet(flow)
      #expect(Self.begun(events).map(\.comment) == [nil])
      #expect(Self.leaseEnds(events).isEmpty)
    }
    #expect(bench.keeper.book.count == 1)
  }

  @Test func anEndIsToldOnce() {
    var bench = Self.bench()
    _ = bench.meet(Self.flow(to: 443))
    #expect(Self.endings(bench.end(Self.flow(to: 443))) == [.closed])
    #expect(Self.endings(bench.end(Self.flow(to: 443), .expired)).isEmpty && bench.keeper.sessions.count == 0)
  }

  /// The number tells a flow from a later one with the same ports.
  @Test func theSamePortsAgainAreAnotherSession() {
    var bench = Self.bench()
    _ = bench.meet(Self.flow(id: 1))
    let events = bench.meet(Self.flow(id: 2))
    #expect(Self.endings(events) == [.expired] && Self.begun(events).count == 1)
    #expect(Self.endings(bench.end(Self.flow(id: 1))).isEmpty)
  }

  @Test func aDumpFindsWhatNoEventTold() {
    var bench = Self.bench()
    _ = bench.meet(Self.flow(port: 1, id: 1))
    _ = bench.meet(Self.flow(port: 2, id: 2))
    var cut = Self.flow(port: 2, id: 2)
    cut.mark = FlowMarks.standard.cut
    var over = Self.flow(port: 4, id: 4)
    over.tcpState = 7
    let events = bench.reconcile([cut, Self.flow(port: 3, id: 3), over])
    #expect(Self.endings(events) == [.expired, .cut])
    #expect(Self.begun(events).map(\.flow.tuple.sourcePort) == [3])
  }

  @Test func anEarlierKeepersSessionsAreKnown() throws {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(door: 1))
    for port in 1...3 as ClosedRange<UInt16> { _ = bench.meet(Self.flow(port: port, to: 443, id: UInt32(port))) }
    let records = try #require(SessionRecords.decoded(SessionRecords.encoded(bench.keeper.sessions.all)))
    #expect(records.map(\.comment) == bench.keeper.sessions.all.map(\.comment))
    #expect(records.map(\.flow.tuple) == bench.keeper.sessions.all.map(\.flow.tuple))
    var next = Self.bench()
    // One goes on, one is gone, the ports of one belong to another flow.
    let events = next.recall(records, [Self.flow(port: 1, to: 443, id: 1), Self.flow(port: 3, to: 443, id: 9)])
    #expect(Self.endings(events) == [.whileDown, .whileDown] && Self.begun(events).isEmpty)
    #expect(next.keeper.sessions.all.map(\.comment?.user) == [Fixture.name("alice")])
  }

  @Test func recordsAreReadWholeOrNotAtAll() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant())
    _ = bench.meet(Self.flow())
    _ = bench.meet(Self.flow("2001:db8::7", id: 2))
    let bytes = SessionRecords.encoded(bench.keeper.sessions.all)
    #expect(SessionRecords.decoded(bytes)?.count == 2)
    for count in 0..<bytes.count { #expect(SessionRecords.decoded(Array(bytes.prefix(count))) == nil) }
    #expect(SessionRecords.decoded(bytes + [0]) == nil)
  }

  @Test func aReturnedSetGetsItsSessionsAndNoTakenDoor() throws {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant())
    bench.kernel.removeAll()
    let session = try #require(Self.begun(bench.meet(Self.flow())).first)
    let element = try #require(session.element)
    bench.keeper.note(session.flow.tuple, elementEnd: bench.now.uptime + 100_000_000_000)
    var change = ForeignChange(author: .unknown)
    change.lost = Set(bench.keeper.rules.catalog.sets.indices)
    change.returned = change.lost
    _ = bench.follow(change)
    #expect(Array(bench.kernel.keys) == [element] && bench.seconds(element) == 100)
    _ = bench.end(Self.flow())
    #expect(bench.kernel.isEmpty, "a stream that is closed needs no element")
  }

  /// What stands in a set of sessions is no lease, whatever its comment says.
  @Test func elementsOfSessionsAreNotAdopted() throws {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant())
    let session = try #require(Self.begun(bench.meet(Self.flow())).first)
    let found = FoundElement(element: try #require(session.element), remaining: 50_000, comment: session.comment?.description)
    #expect(bench.keeper.adopt([found], at: bench.now).isEmpty)
    #expect(bench.keeper.book.count == 0 && bench.keeper.book.foreignCount == 0)
  }

  @Test func aNewLeaseReleasesTheUsersOwnCuts() throws {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant(door: 1))
    _ = bench.meet(Self.flow(to: 443))
    _ = bench.end(Self.flow(to: 443), .cut)
    let lease = try #require(bench.keeper.book.all.first)
    var other = lease
    other.comment = LeaseComment(user: Fixture.name("bob"), key: lease.comment.key, door: lease.comment.door, lease: lease.id)
    #expect(bench.keeper.released(by: other).isEmpty, "nobody else's lease")
    #expect(bench.keeper.released(by: lease).map(\.id) == [1])
    #expect(bench.keeper.released(by: lease).isEmpty, "once")
  }

  @Test func aUsersTimeIsOver() {
    var bench = Self.bench(cutsAtEnd: true)
    _ = bench.receive(Fixture.grant(door: 1))
    _ = bench.receive(Fixture.grant(key: 2, "192.0.2.9", id: 2 << 40))
    _ = bench.meet(Self.flow(to: 443))
    _ = bench.meet(Self.flow("192.0.2.9", id: 2))
    #expect(bench.keeper.overdue(at: Timestamp(seconds: 1_800_000_099)).isEmpty)
    #expect(bench.keeper.overdue(at: Timestamp(seconds: 1_800_000_100)).map(\.flow.id) == [1])
  }
}
