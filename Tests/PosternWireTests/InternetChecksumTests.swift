// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct InternetChecksumTests {
  /// The definition, two bytes at a time.
  private func plain(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for (index, byte) in bytes.enumerated() { sum += index.isMultiple(of: 2) ? Int(byte) << 8 : Int(byte) }
    while sum > 0xffff { sum = (sum >> 16) + (sum & 0xffff) }
    return UInt16(sum)
  }

  private func folded(_ bytes: [UInt8]) -> UInt16 {
    var sum = InternetChecksum()
    bytes.withBytes { sum.add($0) }
    return sum.folded
  }

  /// RFC 1071 section 3.
  @Test func rfcExample() { #expect(folded([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == 0xddf2) }

  @Test func everyLengthAgreesWithTheDefinition() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 201) }
    for count in 0...100 { #expect(folded(Array(bytes.prefix(count))) == plain(Array(bytes.prefix(count)))) }
  }

  @Test func carriesOfTheLargestPacketAreKept() {
    let bytes = [UInt8](repeating: 0xff, count: 65535)
    #expect(folded(bytes) == plain(bytes))
  }

  @Test func piecesAddUp() {
    var sum = InternetChecksum()
    sum.add(UInt16(0x0001))
    sum.add(UInt32(0xf203_f4f5))
    sum.add(UInt16(0xf6f7))
    #expect(sum.folded == 0xddf2)
    #expect(sum.field == 0x220d)
  }
}
