// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternGate
import PosternWire
import Testing

@Suite struct UndecidedPacketsTests {
  private static func packet(_ id: UInt32, _ stage: KeeperFrame.Held.Stage = .decided) -> KeeperFrame.Held {
    .init(stage, queue: 5, id: id, source: .v4(IPv4Address(0xc000_0207)))
  }

  @Test func whereAllSourcesAreEmptyAPacketIsDecided() {
    var packets = UndecidedPackets(capacities: [100, 100])
    #expect(packets.isEmpty)
    packets.add(Self.packet(1), reads: [7, 0])
    #expect(!packets.isEmpty)
    #expect(packets.news(reads: [8, 0], empty: [true, true]) == [Self.packet(1)])
    #expect(packets.isEmpty)
  }

  @Test func eachSourceMustHaveBeenEmptyOnce() {
    var packets = UndecidedPackets(capacities: [100, 100])
    packets.add(Self.packet(1), reads: [0, 0])
    #expect(packets.news(reads: [64, 1], empty: [false, true]) == [Self.packet(1, .arrived)])
    #expect(packets.news(reads: [90, 65], empty: [false, false]).isEmpty, "told of once")
    packets.add(Self.packet(2), reads: [90, 65])
    #expect(
      packets.news(reads: [95, 100], empty: [true, false]) == [Self.packet(1, .decidedAtLast), Self.packet(2, .arrived)],
      "what was empty before the second packet may hold its knock")
    #expect(packets.news(reads: [95, 101], empty: [false, true]) == [Self.packet(2, .decidedAtLast)])
    #expect(packets.isEmpty)
  }

  /// A flood: the source is never empty.
  @Test func asManyAsABufferHoldsAreReadAtMost() {
    var packets = UndecidedPackets(capacities: [100])
    packets.add(Self.packet(1), reads: [1000])
    #expect(packets.news(reads: [1099], empty: [false]) == [Self.packet(1, .arrived)])
    #expect(packets.news(reads: [1100], empty: [false]) == [Self.packet(1, .decidedAtLast)])
  }

  @Test func packetsBeyondTheLimitGoOnAtOnce() {
    var packets = UndecidedPackets(capacities: [100])
    for id in 0..<300 { packets.add(Self.packet(UInt32(id)), reads: [0]) }
    let news = packets.news(reads: [1], empty: [false])
    #expect(news.count == 300)
    #expect(news.filter { $0.stage == .decided }.map(\.id) == (256..<300).map { UInt32($0) })
    #expect(packets.news(reads: [2], empty: [true]).count == 256)
  }

  @Test func aGateThatEndsLeavesNoneBehind() {
    var packets = UndecidedPackets(capacities: [100])
    packets.add(Self.packet(1), reads: [0])
    _ = packets.news(reads: [1], empty: [false])
    packets.add(Self.packet(2), reads: [1])
    #expect(packets.end() == [Self.packet(1, .decidedAtLast), Self.packet(2)])
    #expect(packets.isEmpty && packets.end().isEmpty)
  }
}
