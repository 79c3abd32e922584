// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternGate
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What the gate holds against sources beside its decisions.
@Suite struct DefenceTests {
  private static let limits = EvidenceLimits(window: .seconds(60), ports: 4, refusals: 8, codes: 2, suspectsPerMinute: 60)
  private static let source = Suspect.source(of: World.client)

  private func syn(_ port: UInt16) -> [UInt8] {
    var packet = TouchTests.ipv4
    packet[22] = UInt8(port >> 8)
    packet[23] = UInt8(truncatingIfNeeded: port)
    return packet
  }

  private func junk(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 184) }

  @Test func touchesOfDifferentPortsMakeASuspect() throws {
    let world = try World(evidence: Self.limits)
    for port in [22, 22, 23, 25] as [UInt16] {
      #expect(world.receive(syn(port), prefix: "touch") == .refused(.touch))
      #expect(world.gate.takeSuspects() == [])
    }
    _ = world.receive(syn(80), prefix: "touch")
    #expect(world.gate.takeSuspects() == [Suspect(source: Self.source, evidence: .ports)])
  }

  @Test func onlyThePrefixMakesATouch() throws {
    let world = try World(evidence: Self.limits)
    for prefix in ["touches", "tou", "TOUCH", ""] {
      for port in 1...10 as ClosedRange<UInt16> { #expect(world.receive(syn(port), prefix: prefix) == .refused(.unknownPrefix)) }
    }
    #expect(world.receive(Array(syn(1).prefix(20)), prefix: "touch") == .refused(.malformedHeaders))
    #expect(world.gate.takeSuspects() == [])
    #expect(world.receive(syn(1), prefix: "touch:wan") == .refused(.touch))
  }

  @Test func refusedKnocksMakeASuspect() throws {
    let world = try World(evidence: Self.limits)
    for number in 1...7 as ClosedRange<UInt8> { #expect(world.receive(world.udp(junk(number))) == .refused(.wrongTag)) }
    #expect(world.gate.takeSuspects() == [])
    _ = world.receive(world.udp(junk(8)))
    #expect(world.gate.takeSuspects() == [Suspect(source: Self.source, evidence: .refusals)])
  }

  @Test func aKnockCopiedAThousandTimesMakesNone() throws {
    let world = try World(evidence: Self.limits)
    let packet = try world.packet()
    #expect(world.isGrant(world.receive(packet)))
    for _ in 0..<1000 { #expect(world.receive(packet) == .refused(.duplicate)) }
    #expect(world.gate.takeSuspects() == [])
  }

  /// Whatever was forged in a user's name before, his knock is decided as ever; and what comes behind it makes no suspect of him.
  @Test func aProvedKnockIsNeverAskedAboutAndClearsItsAddress() throws {
    let world = try World(evidence: Self.limits)
    for port in 1...5000 as ClosedRange<UInt16> { _ = world.receive(syn(port), prefix: "touch") }
    for number in 0...200 as ClosedRange<UInt8> { _ = world.receive(world.udp(junk(number))) }
    #expect(world.gate.takeSuspects().count == 1)
    #expect(world.isGrant(world.receive(try world.packet())))
    for port in 1...5000 as ClosedRange<UInt16> { _ = world.receive(syn(port), prefix: "touch") }
    #expect(world.gate.takeSuspects() == [])
    #expect(world.isGrant(world.receive(try world.packet(stamp: world.now + .milliseconds(1)))))
  }

  @Test func withoutTheTableNothingIsHeldAgainstAnybody() throws {
    let world = try World()
    for port in 1...5000 as ClosedRange<UInt16> { #expect(world.receive(syn(port), prefix: "touch") == .refused(.touch)) }
    #expect(world.gate.takeSuspects() == [])
  }
}
