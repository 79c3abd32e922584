// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct UnpaddedBase64Tests {
  /// RFC 4648 section 10, without its padding.
  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func published(_ plain: String, _ text: String) {
    #expect(String(decoding: UnpaddedBase64.encode(Array(plain.utf8)), as: UTF8.self) == text)
    #expect(UnpaddedBase64.decode(Array(text.utf8)[...]) == Array(plain.utf8))
    #expect(UnpaddedBase64.textLength(ofBytes: plain.utf8.count) == text.utf8.count)
    #expect(UnpaddedBase64.byteCount(ofText: text.utf8.count) == plain.utf8.count)
  }

  @Test(arguments: ["Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm9vY", "Zm 9", "Zm9v\n", "Zm-_", "Zg\0"])
  func refused(_ text: String) { #expect(UnpaddedBase64.decode(Array(text.utf8)[...]) == nil) }

  @Test func everyByteAndLength() {
    for count in 0..<300 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
      #expect(UnpaddedBase64.decode(UnpaddedBase64.encode(bytes)[...]) == bytes)
    }
  }

  /// Every text of two characters decodes to what encodes to it, or to nothing.
  @Test func oneTextForEachValue() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        guard let bytes = UnpaddedBase64.decode([first, second]) else { continue }
        #expect(UnpaddedBase64.encode(bytes) == [first, second])
      }
    }
  }

  @Test func noRoom() {
    var bytes = [UInt8](repeating: 0, count: 2)
    #expect(Array("Zm9v".utf8).withBytes { UnpaddedBase64.decode($0, into: &bytes) } == nil)
    #expect(Array("Zm8".utf8).withBytes { UnpaddedBase64.decode($0, into: &bytes) } == 2)
  }
}
