// SPDX-License-Identifier: Apache-2.0
import PosternGate
import PosternWire
import Testing

@Suite struct TouchTests {
  static let ipv4: [UInt8] = [
    0x45, 0, 0, 60, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 7, 192, 0, 2, 1, 0x30, 0x39, 0, 23, 1, 2, 3, 4,
  ]
  static let address6 = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7]
  static let ipv6: [UInt8] = [0x60, 0, 0, 0, 0, 20, 17, 64] + address6 + address6 + [0x30, 0x39, 0, 53, 0, 8]
  /// Destination options of 16 bytes before UDP.
  static let options: [UInt8] =
    [0x60, 0, 0, 0, 0, 24, 60, 64] + address6 + address6 + [17, 1] + [UInt8](repeating: 0, count: 14) + [0x30, 0x39, 0, 53]

  private func touch(_ bytes: [UInt8]) -> Touch? { bytes.withBytes { Touch($0) } }

  @Test func readsSourceAndPort() {
    let four = touch(Self.ipv4)
    #expect(four?.source == IPAddress("192.0.2.7") && four?.transport == 6 && four?.port == 23)
    for packet in [Self.ipv6, Self.options] {
      let six = touch(packet)
      #expect(six?.source == IPAddress("2001:db8::7") && six?.transport == 17 && six?.port == 53)
    }
  }

  @Test func optionsOfIPv4ArePassedOver() {
    var packet = Self.ipv4
    packet[0] = 0x46
    packet.insert(contentsOf: [1, 1, 1, 1], at: 20)
    #expect(touch(packet)?.port == 23)
    packet[0] = 0x44
    #expect(touch(packet) == nil)
  }

  /// An atomic fragment's header, and an authentication header of 24 bytes, before UDP.
  @Test(arguments: [[44, 17, 0, 0, 0, 0, 0, 0, 1], [51, 17, 4] + [UInt8](repeating: 0, count: 22)]) func headersThatNoKnockHas(
    _ headers: [UInt8]
  ) {
    var packet = Self.ipv6
    packet[6] = headers[0]
    packet.insert(contentsOf: headers.dropFirst(), at: 40)
    #expect(touch(packet)?.transport == 17 && touch(packet)?.port == 53)
  }

  @Test func whatIsCutIsNone() {
    for length in 0..<24 { #expect(touch(Array(Self.ipv4.prefix(length))) == nil, "\(length)") }
    for length in 0..<44 { #expect(touch(Array(Self.ipv6.prefix(length))) == nil, "\(length)") }
    for length in 0..<60 { #expect(touch(Array(Self.options.prefix(length))) == nil, "\(length)") }
    #expect(touch([0x55] + Self.ipv4.dropFirst()) == nil)
  }

  @Test func aChainWithoutEndIsNone() {
    var packet = Self.options
    packet.removeLast(20)
    for _ in 0..<20 { packet += [60, 0] + [UInt8](repeating: 0, count: 6) }
    #expect(touch(packet) == nil)
  }
}
