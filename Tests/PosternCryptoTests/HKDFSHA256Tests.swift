// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct HKDFSHA256Tests {
  /// RFC 5869 test case 3: no salt, no info; a salt of 32 zeros counts as none.
  @Test func published() {
    let hkdf = HKDFSHA256()
    let (first, second) = [UInt8](repeating: 0x0b, count: 22).withBytes { hkdf.two(.zero, $0) }
    #expect(Hex.encode(first.array) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
    #expect(Hex.encode(second.array).hasPrefix("9d201395faa4b61a96c8"))
  }

  @Test func threeStartsLikeTwo() {
    let hkdf = HKDFSHA256()
    let input: [UInt8] = [1, 2, 3]
    let two = input.withBytes { hkdf.two(.zero, $0) }
    let three = input.withBytes { hkdf.three(.zero, $0) }
    #expect(two.0 == three.0 && two.1 == three.1)
    #expect(three.2 != three.1 && three.2 != .zero)
  }
}
