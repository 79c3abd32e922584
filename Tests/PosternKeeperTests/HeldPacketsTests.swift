// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct HeldPacketsTests {
  private static func held(
    _ id: UInt32, _ source: String = "192.0.2.7", queue: UInt16 = 5, _ stage: KeeperFrame.Held.Stage = .decided
  ) -> KeeperFrame.Held {
    .init(stage, queue: queue, id: id, source: Fixture.ip(source))
  }

  private static func held(_ id: UInt32, _ stage: KeeperFrame.Held.Stage) -> KeeperFrame.Held { held(id, "192.0.2.7", stage) }

  /// A keeper whose doors hold for 300 ms.
  private static func holding() -> Bench {
    var tables = Fixture.tables()
    for door in tables.doors.indices {
      tables.doors[door].hold = 300
      tables.doors[door].leasesPerUser = 1000
    }
    for user in tables.users.indices { tables.users[user].grantsPerMinute = 1000 }
    return Bench(tables)
  }

  /// The same with the IPv4 set away and a lease of `addresses` that waits for it.
  private static func away(_ addresses: [String] = ["192.0.2.7"]) -> Bench {
    var bench = holding()
    for (number, address) in addresses.enumerated() {
      bench.faults[bench.element(address)] = .setMissing
      _ = bench.receive(Fixture.grant(address, id: UInt64(number + 1)))
    }
    bench.faults = [:]
    return bench
  }

  @Test func withoutALeaseThatWaitsAPacketGoesOnAtOnce() {
    var bench = Bench()
    #expect(bench.hold(Self.held(1)) == [Self.held(1)], "nobody has knocked")
    _ = bench.receive(Fixture.grant())
    #expect(bench.hold(Self.held(2)) == [Self.held(2)], "his door is open")
    #expect(bench.keeper.held.count == 0)
  }

  /// Its grant and a packet in one message: the verdict comes behind the change.
  @Test func aPacketComesBehindTheGrantInItsMessage() {
    var bench = Bench()
    let frames = [Fixture.grant(), KeeperFrame(generation: 1, body: .held(Self.held(1)))]
    let work = bench.keeper.decide(frames, own: bench.own, at: bench.now)
    #expect(work.changes.count == 1)
    _ = bench.keeper.settle(work, failures: [:], at: bench.now)
    #expect(bench.keeper.released(by: work, at: bench.now) == [Self.held(1)])
  }

  // MARK: Knocks that are still to be read

  @Test func anUndecidedPacketWaitsForItsDecision() {
    var bench = Self.holding()
    #expect(bench.hold(Self.held(1, .arrived), Self.held(2, "192.0.2.8", .arrived)).isEmpty)
    #expect(bench.keeper.held.count == 2)
    #expect(bench.hold(Self.held(1, .decidedAtLast)).map(\.id) == [1])
    #expect(bench.keeper.held.count == 1)
    #expect(bench.hold(Self.held(1, .decidedAtLast)).isEmpty, "it has had its verdict")
  }

  @Test func itDoesNotWaitWhereItsDoorIsOpen() {
    var bench = Self.holding()
    _ = bench.receive(Fixture.grant())
    #expect(bench.hold(Self.held(1, .arrived)).map(\.id) == [1])
    #expect(bench.hold(Self.held(1, .decidedAtLast)).isEmpty)
  }

  @Test func aGrantEndsTheWait() {
    var bench = Self.holding()
    #expect(bench.hold(Self.held(1, .arrived), Self.held(2, "192.0.2.8", .arrived)).isEmpty)
    #expect(bench.releases { $0.keeper.decide([Fixture.grant()], own: $0.own, at: $0.now) }.map(\.id) == [1])
  }

  @Test func anUndecidedPacketWaitsNoLongerThanDoorsHold() {
    var bench = Self.holding()
    #expect(bench.hold(Self.held(1, .arrived)).isEmpty)
    bench.now.uptime += 299_999_999
    #expect(bench.keeper.released(at: bench.now).isEmpty)
    bench.now.uptime += 1
    #expect(bench.keeper.released(at: bench.now).map(\.id) == [1])
    #expect(bench.hold(Self.held(1, .decidedAtLast)).isEmpty)
  }

  @Test func fourUndecidedOfASourceWait() {
    var bench = Self.holding()
    #expect((1...6).flatMap { bench.hold(Self.held($0, .arrived)) }.map(\.id) == [5, 6])
  }

  // MARK: Leases that wait

  @Test func aPacketWaitsWhileItsLeaseWaits() {
    var bench = Self.away()
    #expect(bench.hold(Self.held(1), Self.held(2, "192.0.2.8")) == [Self.held(2, "192.0.2.8")], "only that source")
    #expect(bench.keeper.held.nextEnd == bench.now.uptime + 300_000_000)
    var change = ForeignChange(author: .unknown)
    change.returned = [0]
    #expect(bench.releases { $0.keeper.follow(change, at: $0.now) } == [Self.held(1)])
    #expect(bench.keeper.held.count == 0 && bench.keeper.held.nextEnd == nil)
  }

  @Test func itWaitsNoLongerThanItsDoorSays() {
    var bench = Self.away()
    #expect(bench.hold(Self.held(1)).isEmpty)
    bench.now.uptime += 299_999_999
    #expect(bench.keeper.released(at: bench.now).isEmpty)
    bench.now.uptime += 1
    #expect(bench.keeper.released(at: bench.now) == [Self.held(1)])
  }

  @Test func aDoorWithoutHoldHoldsNothing() {
    var bench = Bench()
    bench.faults[bench.element("192.0.2.7")] = .setMissing
    _ = bench.receive(Fixture.grant())
    #expect(bench.keeper.absent == [0])
    #expect(bench.hold(Self.held(1)) == [Self.held(1)])
  }

  @Test func aPacketWhoseLeaseIsClosedGoesOn() {
    var bench = Self.away()
    #expect(bench.hold(Self.held(1)).isEmpty)
    #expect(bench.releases { (try? $0.keeper.close(LeaseID(1), at: $0.now)) ?? Work() } == [Self.held(1)])
  }

  @Test func fourOfASourceWait() {
    var bench = Self.away()
    let packets = (1...6).map { Self.held($0) }
    let released = packets.flatMap { bench.hold($0) }
    #expect(released == Array(packets.suffix(2)))
    #expect(bench.keeper.held.count == 4)
  }

  @Test func twoHundredAndFiftySixWaitInAll() {
    let addresses = (1...70).map { "192.0.2.\($0 + 100)" }
    var bench = Self.away(addresses)
    var released = 0
    for (number, address) in addresses.enumerated() {
      for packet in 0..<4 { released += bench.hold(Self.held(UInt32(number * 4 + packet), address)).count }
    }
    #expect(bench.keeper.held.count == 256 && released == 280 - 256)
  }

  /// A gate in other hands says the same packet again and again: it waits once, and nothing grows.
  @Test func aPacketThatIsToldTwiceWaitsOnce() {
    var bench = Self.away()
    for _ in 0..<10 { #expect(bench.hold(Self.held(1)).isEmpty) }
    #expect(bench.keeper.held.count == 1)
    #expect(bench.hold(Self.held(1, queue: 6)).isEmpty, "another queue, another packet")
    #expect(bench.keeper.held.count == 2)
  }

  @Test func theDeathOfAGateForgetsThem() {
    var bench = Self.away()
    #expect(bench.hold(Self.held(1)).isEmpty && bench.hold(Self.held(2, queue: 6)).isEmpty)
    bench.keeper.forgetHeld(in: Self.held(1).queue)
    #expect(bench.keeper.held.count == 1)
    bench.now.uptime += 1_000_000_000
    #expect(bench.keeper.released(at: bench.now) == [Self.held(2, queue: 6)], "another gate's queue is another's")
  }

  @Test func aSuccessorTakesThemOver() {
    var bench = Self.away()
    #expect(bench.hold(Self.held(1)).isEmpty)
    bench.keeper = bench.keeper.successor(with: GrantRules(tables: bench.keeper.rules.tables, generation: 2))
    #expect(bench.keeper.held.count == 1)
    bench.now.uptime += 300_000_000
    #expect(bench.keeper.released(at: bench.now) == [Self.held(1)])
  }

  /// Whatever the generation that the gate runs on: the packet waits in the kernel.
  @Test func aStaleGatesPacketsGetTheirVerdict() {
    var bench = Bench()
    let frame = KeeperFrame(generation: 99, body: .held(Self.held(1)))
    #expect(bench.releases { $0.keeper.decide([frame], own: $0.own, at: $0.now) } == [Self.held(1)])
  }
}

extension Bench {
  fileprivate mutating func hold(_ packets: KeeperFrame.Held...) -> [KeeperFrame.Held] {
    let frames = packets.map { KeeperFrame(generation: 1, body: .held($0)) }
    return releases { $0.keeper.decide(frames, own: $0.own, at: $0.now) }
  }

  /// The packets that go on once the work is done.
  fileprivate mutating func releases(_ work: (inout Bench) -> Work) -> [KeeperFrame.Held] {
    let work = work(&self)
    _ = keeper.settle(work, failures: [:], at: now)
    return keeper.released(by: work, at: now)
  }
}
