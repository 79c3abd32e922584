// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire
import Testing

@Suite struct KeeperFrameTests {
  static let grant = Grant(
    action: .open, key: KeyIndex(0x0102_0304), door: 0x0506, ipv4: .init(IPv4Address(0xc000_0207), port: Port(4096)),
    ipv6: .init(IPv6Address(high: 0x2001_0db8_0000_0000, low: 7)), lease: 30, knock: Bytes16(high: 0x1122_3344_5566_7788, low: 9),
    notes: [.leaseCut, .packetSource],
    addressee: Addressee(gatewayKey: 1, admission: 2))

  static let frames: [KeeperFrame] = [
    KeeperFrame(generation: 7, body: .grant(grant)),
    KeeperFrame(generation: 7, body: .ready(.continued)),
    KeeperFrame(generation: .max, body: .ready(.fencedGateway)),
    KeeperFrame(
      generation: 1,
      body: .refusal(
        .init(
          denial: .stale, key: KeyIndex(3), source: .v4(IPv4Address(0x0a00_0001)), skew: .seconds(-61),
          spent: 0x0123_4567_89ab_cdef))),
    KeeperFrame(
      generation: 1,
      body: .refusal(.init(denial: .replay, key: KeyIndex(3), source: .v6(IPv6Address(high: 1, low: 2)), skew: .seconds(0)))),
    KeeperFrame(
      generation: 2,
      body: .grant(
        Grant(action: .close, key: KeyIndex(0), door: 0, ipv4: nil, ipv6: nil, lease: 0, knock: .zero, notes: []))),
    KeeperFrame(generation: 3, body: .held(.init(queue: 0x0506, id: 0x0102_0304, source: .v4(IPv4Address(0xc000_0207))))),
    KeeperFrame(
      generation: 3, body: .held(.init(.decidedAtLast, queue: .max, id: .max, source: .v6(IPv6Address(high: 1, low: 2))))),
    KeeperFrame(generation: 3, body: .pace(.init(source: 0x0102, isBusy: true))),
    KeeperFrame(generation: 3, body: .pace(.init(source: 0, isBusy: false))),
    KeeperFrame(
      generation: 4, body: .suspect(Suspect(source: Suspect.source(of: .v4(IPv4Address(0xc000_0207))), evidence: .ports))),
    KeeperFrame(
      generation: 4, body: .suspect(Suspect(source: Suspect.source(of: .v6(IPv6Address(high: 1, low: 2))), evidence: .codes))),
  ]

  @Test func grantBytes() {
    var writer = WireWriter()
    Self.frames[0].encode(into: &writer)
    #expect(
      Hex.encode(writer.bytes)
        // layout kind notes | generation | key | door action families
        == "01020003" + "00000007" + "01020304" + "0506" + "01" + "03"
        + "0000001e" + "c0000207" + "20010db8000000000000000000000007" + "1000" + "0000"  // lease | IPv4 | IPv6 | ports
        + "00" + "010200" + "11223344556677880000000000000009")  // detail | addressee, zero | knock
  }

  @Test func heldBytes() {
    var writer = WireWriter()
    KeeperFrame(
      generation: 3, body: .held(.init(.arrived, queue: 0x0506, id: 0x0102_0304, source: .v4(IPv4Address(0xc000_0207))))
    )
    .encode(into: &writer)
    #expect(
      Hex.encode(writer.bytes)
        == "01050000" + "00000003" + "01020304" + "0506" + "00" + "01" + "00000000" + "c0000207"
        + String(repeating: "0", count: 2 * 20) + "01" + String(repeating: "0", count: 2 * 19))
  }

  @Test func paceBytes() {
    var writer = WireWriter()
    KeeperFrame(generation: 3, body: .pace(.init(source: 0x0102, isBusy: true))).encode(into: &writer)
    #expect(
      Hex.encode(writer.bytes)
        == "01060000" + "00000003" + "00000000" + "0102" + String(repeating: "0", count: 2 * 30) + "01"
        + String(repeating: "0", count: 2 * 19))
  }

  @Test func suspectBytes() {
    var writer = WireWriter()
    KeeperFrame(
      generation: 4, body: .suspect(Suspect(source: Suspect.source(of: .v6(IPv6Address(high: 1, low: 2))), evidence: .refusals))
    )
    .encode(into: &writer)
    #expect(
      Hex.encode(writer.bytes)
        == "01070000" + "00000004" + "00000000" + "0000" + "00" + "02" + "00000000" + "00000000"
        + "00000000000000010000000000000000" + "00000000" + "02" + String(repeating: "0", count: 2 * 19))
  }

  @Test(arguments: frames) func roundTrip(_ frame: KeeperFrame) throws {
    var writer = WireWriter()
    frame.encode(into: &writer)
    #expect(writer.count == KeeperFrame.byteCount)
    #expect(try writer.bytes.withBytes { bytes throws(WireError) in try KeeperFrame(decoding: bytes) } == frame)
  }

  @Test(arguments: frames) func everyTruncationRefused(_ frame: KeeperFrame) {
    var writer = WireWriter()
    frame.encode(into: &writer)
    for length in 0..<writer.count {
      #expect(throws: WireError.self) {
        try Array(writer.bytes.prefix(length)).withBytes { bytes throws(WireError) in try KeeperFrame(decoding: bytes) }
      }
    }
  }

  /// Whatever decodes encodes to the same bytes: no byte that does not count survives a flip.
  @Test(arguments: frames) func everyFlipIsRefusedOrMeansSomethingElse(_ frame: KeeperFrame) throws {
    var writer = WireWriter()
    frame.encode(into: &writer)
    for bit in 0..<writer.count * 8 {
      var bytes = writer.bytes
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let other = try? bytes.withBytes({ bytes throws(WireError) in try KeeperFrame(decoding: bytes) }) else { continue }
      var again = WireWriter()
      other.encode(into: &again)
      #expect(again.bytes == bytes)
      #expect(other != frame)
    }
  }

  @Test func countersDoNotCollideWithDenials() {
    let places = Denial.allCases.map { Counter.place(of: $0) } + Counter.allCases.map(\.rawValue)
    #expect(Set(places).count == places.count)
    #expect(places.allSatisfy { $0 < Counter.pageSlots })
  }

  @Test(arguments: ["status", "leases", "keys", "close 0123456789abcdef"])
  func requestRoundTrip(_ line: String) { #expect(ControlRequest(line: line)?.line == line + "\n") }

  @Test(arguments: [
    "", "status ", " status", "STATUS", "close", "close x", "close 0123456789ABCDEF", "leases now", "close  0123456789abcdef",
  ])
  func requestRefused(_ line: String) { #expect(ControlRequest(line: line) == nil) }
}
