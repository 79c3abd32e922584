// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import Testing

@Suite struct GateLaunchTests {
  static let launches: [GateLaunch] = [
    .init(generation: 1, sources: 1, queues: 0, gatewayFingerprint: 0, rings: [.init(.spa, .new)]),
    .init(
      generation: .max, sources: 16, queues: 4, gatewayFingerprint: .max, place: 3, latest: Timestamp(nanoseconds: .max),
      rings: [.init(.spa, .known), .init(.fwknop, .continued), .init(.rolling, .new)]),
  ]

  @Test(arguments: launches) func roundTrip(_ launch: GateLaunch) { #expect(GateLaunch(arguments: launch.arguments) == launch) }

  /// Sockets first, then the rings.
  @Test func descriptorsFollowOneAnother() {
    #expect(Self.launches[0].descriptor(ofRing: 0) == GateLaunch.firstSource + 1)
    #expect(Self.launches[1].descriptor(ofRing: 2) == GateLaunch.firstSource + 16 + 4 + 2)
  }

  @Test(arguments: [
    [], ["1"], ["1", "1", "0", "5", "0", "0"], ["1", "0", "0", "5", "0", "0", "spa:known"],
    ["1", "17", "0", "5", "0", "0", "spa:known"],
    ["1", "1", "5", "5", "0", "0", "spa:known"], ["1", "1", "0", "5", "4", "0", "spa:known"],
    ["1", "1", "0", "5", "-1", "0", "spa:known"],
    ["1", "1", "0", "5", "0", "x", "spa:known"], ["1", "1", "0", "5", "0", "0", "spa"],
    ["1", "1", "0", "5", "0", "0", "spa:old"],
    ["1", "1", "0", "5", "0", "0", "knockd:known"], ["1", "1", "0", "5", "0", "0", "spa:known", "spa:known"],
    ["1", "1", "0", "5", "0", "0", "spa:known", ""],
  ])
  func refused(_ words: [String]) { #expect(GateLaunch(arguments: words) == nil) }
}
