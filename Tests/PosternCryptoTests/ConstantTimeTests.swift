// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct ConstantTimeTests {
  @Test func everyFlippedBitDiffers() throws {
    let bytes = [UInt8](1...32)
    let value = try #require(Bytes32(bytes))
    #expect(constantTimeEqual(value, value))
    #expect(constantTimeEqual(value.high, value.high))
    for bit in 0..<256 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let other = try #require(Bytes32(changed))
      #expect(!constantTimeEqual(value, other))
      #expect(constantTimeEqual(value.high, other.high) == (bit >= 128))
    }
  }

  @Test func lengthsDiffer() {
    let equal = [UInt8](1...8).withBytes { left in [UInt8](1...9).withBytes { constantTimeEqual(left, $0) } }
    #expect(!equal)
    #expect([UInt8]().withBytes { left in [UInt8]().withBytes { constantTimeEqual(left, $0) } })
  }

  @Test func bytesAreInWireOrder() throws {
    let bytes = [UInt8](1...32)
    let value = try #require(Bytes32(bytes))
    #expect(value.withBytes { $0.copied() } == bytes)
    #expect(value.low.withBytes { $0.copied() } == Array(bytes[16...]))
  }
}
