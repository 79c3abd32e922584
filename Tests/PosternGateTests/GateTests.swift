// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternCrypto
import PosternGate
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// The whole way of a packet through the gate, from IP header to outcome, without a kernel.
@Suite struct GateTests {
  @Test func opens() throws {
    let world = try World()
    let outcome = world.receive(try world.packet())
    guard case .granted(let grants) = outcome, let grant = grants.first else {
      Issue.record("expected a grant, got \(outcome)")
      return
    }
    #expect(grants.count == 1)
    #expect(grant.ipv4?.address == IPv4Address("192.0.2.7"))
    #expect(grant.lease == 30 && grant.door == 0 && grant.key == KeyIndex(0))
  }

  @Test(arguments: [
    ("spa", true), ("spa:wan", true), ("spa:", true), ("", false), ("sp", false), ("spax", false), ("SPA", false),
    ("fwknopd", false),
  ])
  func prefixNamesTheProtocol(_ prefix: String, _ opens: Bool) throws {
    let world = try World()
    let outcome = world.receive(try world.packet(), prefix: prefix)
    #expect(world.isGrant(outcome) == opens)
    if !opens { #expect(outcome == .refused(.unknownPrefix)) }
  }

  /// One test for both: a gate that refuses everything fails at the end.
  @Test func noTruncationAndNoFlippedBitOpens() throws {
    let world = try World()
    let knock = try world.knock()
    for length in 0..<knock.count { #expect(!world.isGrant(world.receive(world.udp(Array(knock.prefix(length)))))) }
    for bit in 0..<knock.count * 8 {
      var flipped = knock
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      // The checksum is made right again, so that each flip reaches the decoder.
      #expect(!world.isGrant(world.receive(world.udp(flipped))), "bit \(bit)")
    }
    let whole = world.udp(knock)
    for length in 0..<whole.count { #expect(!world.isGrant(world.receive(Array(whole.prefix(length)))), "cut to \(length)") }
    #expect(world.isGrant(world.receive(whole)))
  }

  @Test func copiesAreDuplicatesAndTheSecondWayInIsReplay() throws {
    let world = try World()
    let packet = try world.packet()
    #expect(world.isGrant(world.receive(packet)))
    #expect(world.receive(packet) == .refused(.duplicate))
    // Another gate on the same ring, as after a restart: its tag cache is empty, its ring is not.
    let later = try World(after: world)
    guard case .refusedKnown(let refusal) = later.receive(packet) else {
      Issue.record("a replay after a restart was not refused as such")
      return
    }
    #expect(refusal.denial == .replay)
  }

  @Test func aFailedRecordIsGivenAgain() throws {
    let world = try World()
    #expect(world.isGrant(world.receive(try world.packet())))
    let first = world.gate.unwritten()
    #expect(!first.isEmpty)
    #expect(world.gate.unwritten() == first)
    for batch in first { world.gate.markWritten(batch) }
    #expect(world.gate.unwritten().isEmpty)
  }

  struct Stamped: Sendable {
    var skew: Timestamp.Span
    var denial: Denial?
  }

  static let stamps: [Stamped] = [
    .init(skew: .seconds(-60), denial: nil), .init(skew: .init(nanoseconds: -60_000_000_001), denial: .stale),
    .init(skew: .seconds(15), denial: nil),
    .init(skew: .init(nanoseconds: 15_000_000_001), denial: .future), .init(skew: .seconds(-3600), denial: .stale),
    .init(skew: .seconds(3600), denial: .future), .init(skew: .seconds(0), denial: nil),
  ]

  @Test(arguments: stamps) func freshness(_ row: Stamped) throws {
    let world = try World()
    let outcome = world.receive(try world.packet(stamp: world.now + row.skew))
    switch (outcome, row.denial) {
    case (.granted, nil): break
    case (.refusedKnown(let refusal), let denial?):
      #expect(refusal.denial == denial && refusal.skew == row.skew && refusal.spent == 0)
    default: Issue.record("\(row): \(outcome)")
    }
  }

  /// The keeper tells other gates of a knock that was recorded and yet refused.
  @Test func aRefusalNamesTheKnockThatItSpent() throws {
    let world = try World { $0.keys[0].validity.notAfter = Timestamp(seconds: 1) }
    guard case .refusedKnown(let refusal) = world.receive(try world.packet()) else {
      Issue.record("a key whose time is over was not refused as such")
      return
    }
    #expect(refusal.denial == .keyNotValid && refusal.spent != 0)
    let other = try World()
    guard case .granted(let grants) = other.receive(try other.packet()) else {
      Issue.record("no grant")
      return
    }
    #expect(refusal.spent != grants[0].knock.low)
  }

  @Test func junkTellsWhy() throws {
    let world = try World()
    let knock = try world.knock()
    #expect(world.receive(world.udp(knock + [0])) == .refused(.wrongLength))
    var wrongTag = knock
    wrongTag[100] ^= 1
    #expect(world.receive(world.udp(wrongTag)) == .refused(.wrongTag))
    var wrongSum = world.udp(knock)
    wrongSum[40] ^= 1
    #expect(world.receive(wrongSum) == .refused(.badChecksum))
    #expect(world.isGrant(world.receive(world.udp(knock))))
  }
}
