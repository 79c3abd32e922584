// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct Base32Tests {
  /// RFC 4648 section 10, without the padding.
  @Test(arguments: [
    ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
  ])
  func published(_ plain: String, _ text: String) {
    #expect(Base32.encode(plain.utf8) == text)
    #expect(Base32.decode(Array(text.utf8)) == Array(plain.utf8))
  }

  @Test(arguments: ["M", "MZX", "MZXW6Y", "MZ", "MZXR", "my", "MY======", "M0", "M1", "M8", "MY\n", "M Y"])
  func refused(_ text: String) { #expect(Base32.decode(Array(text.utf8)) == nil) }

  @Test func everyByteComesBack() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base32.decode(Array(Base32.encode(bytes).utf8)) == bytes)
    }
  }
}
