// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternGate
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Doors that demand an operating system, and the first packets that show it.
@Suite struct AwaitedSystemsTests {
  private static let linux: [UInt8] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]
  private static let windows: [UInt8] = [2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2]

  private func world(awaits: Bool = true) throws -> World {
    try World { $0.doors[0].systems = SystemDemand(OperatingSystems(.linux), awaitsFirstPacket: awaits) }
  }

  private func syn(_ options: [UInt8], hops: UInt8 = 64, from source: IPAddress = World.client, data: [UInt8] = []) throws
    -> [UInt8]
  {
    var builder = try #require(PacketBuilder(from: source, to: World.gateway))
    builder.hopLimit = hops
    builder.dontFragment = true
    builder.identification = 1
    return builder.tcp(from: 40_000, to: 22, flags: .syn, sequence: 1, options: options, payload: data)
  }

  private func hold(_ packet: [UInt8], in world: World, after seconds: Int64 = 0) -> [Gate.Outcome] {
    packet.withBytes { world.gate.receive(held: $0, at: world.now + .seconds(seconds)) }
  }

  private func denial(_ outcome: Gate.Outcome?) -> Denial? {
    switch outcome {
    case .refused(let denial): denial
    case .refusedKnown(let refusal): refusal.denial
    case .granted, .step, nil: nil
    }
  }

  @Test func aKnockWaitsForItsFirstPacket() throws {
    let world = try world()
    #expect(world.receive(try world.packet()) == .step)
    #expect(hold(try syn(Self.linux, from: .v4(IPv4Address(0xc000_0208))), in: world).isEmpty, "somebody else's")
    let outcomes = hold(try syn(Self.linux), in: world, after: 1)
    #expect(outcomes.count == 1 && outcomes.allSatisfy(world.isGrant))
    #expect(hold(try syn(Self.linux), in: world, after: 1).isEmpty, "once")
    #expect(world.gate.endWaiting(at: nil).isEmpty)
  }

  @Test func aFirstPacketBeforeItsKnock() throws {
    let world = try world()
    #expect(hold(try syn(Self.linux), in: world).isEmpty)
    #expect(world.isGrant(world.receive(try world.packet())))
  }

  @Test func whatASeenPacketSaysIsForgotten() throws {
    let world = try world()
    #expect(hold(try syn(Self.linux), in: world, after: -2).isEmpty)
    #expect(world.receive(try world.packet()) == .step)
  }

  @Test func anotherSystemAndNone() throws {
    for (options, expected) in [(Self.windows, Denial.wrongSystem), ([], .systemUnknown)] {
      let world = try world()
      #expect(world.receive(try world.packet()) == .step)
      #expect(hold(try syn(options, hops: 128), in: world).isEmpty)
      #expect(world.gate.endWaiting(at: world.now + .seconds(1)).isEmpty, "not yet")
      let ended = world.gate.endWaiting(at: world.now + .seconds(2))
      #expect(ended.map(denial) == [expected])
      #expect(hold(try syn(Self.linux), in: world).isEmpty, "too late")
    }
  }

  /// What others forge in the user's name takes nothing from him.
  @Test func forgedPacketsOfAnotherSystem() throws {
    let world = try world()
    #expect(world.receive(try world.packet()) == .step)
    for _ in 0..<1000 { #expect(hold(try syn(Self.windows, hops: 128), in: world).isEmpty) }
    #expect(hold(try syn(Self.linux), in: world).count == 1)
  }

  @Test func repeatedKnocksWaitOnce() throws {
    let world = try world()
    for number in 0..<3 { #expect(world.receive(try world.packet(stamp: world.now + .milliseconds(Int64(number)))) == .step) }
    #expect(hold(try syn(Self.linux), in: world).count == 1)
    #expect(world.gate.endWaiting(at: nil).isEmpty)
  }

  @Test func withoutAHoldItIsRefused() throws {
    let world = try world(awaits: false)
    #expect(denial(world.receive(try world.packet())) == .systemUnknown)
  }

  /// A knock that a SYN carries is judged by that one; our own client's shows no system.
  @Test func aKnockInASYN() throws {
    let world = try world(awaits: false)
    #expect(denial(world.receive(try syn([2, 4, 5, 0xb4], data: try world.knock()))) == .systemUnknown)
    let patient = try self.world()
    #expect(patient.receive(try syn([2, 4, 5, 0xb4], data: try patient.knock())) == .step)
  }

  @Test func aGateThatEndsLeavesNoneBehind() throws {
    let world = try world()
    #expect(world.receive(try world.packet()) == .step)
    #expect(world.gate.endWaiting(at: nil).map(denial) == [.systemUnknown])
  }

  /// Nothing waits, and nothing that was seen counts, by a clock that was set back.
  @Test func aClockThatGoesBack() throws {
    let world = try world()
    #expect(world.receive(try world.packet()) == .step)
    #expect(hold(try syn(Self.linux), in: world, after: -10).isEmpty)
    #expect(world.gate.endWaiting(at: world.now - .seconds(10)).map(denial) == [.systemUnknown])
    let other = try self.world()
    #expect(hold(try syn(Self.linux), in: other, after: 5).isEmpty)
    #expect(other.receive(try other.packet()) == .step)
  }

  /// Packets of no known system, and repeats of one, take no place from others.
  @Test func junkPushesNothingOut() throws {
    let world = try world()
    #expect(hold(try syn(Self.linux), in: world).isEmpty)
    for number in 0..<600 {
      #expect(hold(try syn([], from: .v4(IPv4Address(0x0a00_0000 + UInt32(number)))), in: world).isEmpty)
      #expect(hold(try syn(Self.windows, hops: 128, from: .v4(IPv4Address(0x0b00_0000))), in: world).isEmpty)
    }
    #expect(world.isGrant(world.receive(try world.packet())))
  }

  /// A knock that waits was proved: what others send in its address's name makes no suspect of it.
  @Test func aKnockThatWaitsClearsItsAddress() throws {
    let world = try World {
      $0.doors[0].systems = SystemDemand(OperatingSystems(.linux), awaitsFirstPacket: true)
      $0.evidence = EvidenceLimits(window: .seconds(60), ports: 4, refusals: 8, codes: 2, suspectsPerMinute: 60)
    }
    #expect(world.receive(try world.packet()) == .step)
    for number in 0..<20 { _ = world.receive(world.udp([UInt8](repeating: UInt8(number), count: 184))) }
    #expect(world.gate.takeSuspects().isEmpty)
  }

  @Test func whatIsNoSYNShowsNothing() throws {
    let world = try world()
    #expect(world.receive(try world.packet()) == .step)
    let whole = try syn(Self.linux)
    for length in 0..<whole.count { #expect(hold(Array(whole.prefix(length)), in: world).isEmpty) }
    #expect(hold(World.builder.udp(from: 1, to: 22, payload: []), in: world).isEmpty)
  }

  @Test func doorsWithoutADemandDoNotLook() throws {
    let world = try World()
    #expect(world.isGrant(world.receive(try world.packet())))
    #expect(hold(try syn(Self.linux), in: world).isEmpty)
  }
}
