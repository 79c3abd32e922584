// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

@Suite struct FreshnessTests {
  @Test(
    arguments: [
      ("now", 0, nil), ("oldest", -60_000_000_000, nil), ("older", -60_000_000_001, .stale), ("newest", 15_000_000_000, nil),
      ("newer", 15_000_000_001, .future), ("before 1970", .min, .stale), ("far", .max, .future),
    ] as [(String, Int64, Denial?)])
  func ends(_ name: String, _ offset: Int64, _ expected: Denial?) {
    let stamp = start + Timestamp.Span(nanoseconds: offset)
    #expect(denial { () throws(Denial) in try Freshness.check(stamp, in: window, at: start) } == expected)
  }

  @Test(arguments: [UInt64.min, .max]) func extremes(_ nanoseconds: UInt64) {
    let stamp = Timestamp(nanoseconds: nanoseconds)
    #expect(denial { () throws(Denial) in try Freshness.check(stamp, in: window, at: start) } != nil)
  }

  @Test(arguments: [-10_000_000_001, -10_000_000_000, 10_000_000_000, 10_000_000_001] as [Int64])
  func tenSeconds(_ offset: Int64) {
    let expected: Denial? = offset.magnitude > 10_000_000_000 ? .packetSourceTooOld : nil
    let stamp = start + Timestamp.Span(nanoseconds: offset)
    var knock = knock(1, stamp)
    #expect(denial { () throws(Denial) in try Freshness.checkPacketSource(knock, at: start) } == nil)
    knock.ipv6 = .packetSource(port: nil)
    #expect(denial { () throws(Denial) in try Freshness.checkPacketSource(knock, at: start) } == expected)
    knock.ipv6 = .none
    knock.ipv4 = .packetSource(port: nil)
    #expect(denial { () throws(Denial) in try Freshness.checkPacketSource(knock, at: start) } == expected)
    knock.ipv4 = .bothAgree(.zero, port: nil)
    #expect(denial { () throws(Denial) in try Freshness.checkPacketSource(knock, at: start) } == nil)
  }
}
