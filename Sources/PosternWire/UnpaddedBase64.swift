// SPDX-License-Identifier: Apache-2.0

/// RFC 4648 section 4 base64 without padding, strict: what decodes re-encodes to the same text.
package enum UnpaddedBase64 {
  private static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// How many bytes a text of this length stands for; nil for a length that no text has.
  package static func byteCount(ofText length: Int) -> Int? { length % 4 == 1 ? nil : length / 4 * 3 + max(length % 4 - 1, 0) }

  /// The length of the text of so many bytes.
  package static func textLength(ofBytes count: Int) -> Int { (count * 4 + 2) / 3 }

  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = alphabet
    var text: [UInt8] = []
    text.reserveCapacity(textLength(ofBytes: bytes.count))
    var word: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      word = word << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(alphabet[Int(word >> bits) & 63])
      }
    }
    if bits > 0 { text.append(alphabet[Int(word << (6 - bits)) & 63]) }
    return text
  }

  /// Writes the bytes of a text into the front of `bytes` and returns how many they are; nil for another alphabet, a length that no text
  /// has, spare bits that are not zero (RFC 4648 section 3.5), and where there is no room. Nothing is allocated.
  package static func decode(_ text: RawSpan, into bytes: inout [UInt8]) -> Int? {
    guard let count = byteCount(ofText: text.byteCount), count <= bytes.count else { return nil }
    var word: UInt32 = 0
    var bits: UInt32 = 0
    var place = 0
    var bytes = bytes.mutableSpan
    let valueOf = values
    let values = valueOf.span
    for offset in 0..<text.byteCount {
      let value = values[Int(text.byte(offset))]
      guard value < 64 else { return nil }
      word = word << 6 | UInt32(value)
      bits += 6
      guard bits >= 8 else { continue }
      bits -= 8
      bytes[place] = UInt8(truncatingIfNeeded: word >> bits)
      place += 1
    }
    return word & (1 << bits - 1) == 0 ? count : nil
  }

  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let count = byteCount(ofText: text.count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return Array(text).withBytes { decode($0, into: &bytes) } == nil ? nil : bytes
  }

  /// Whether a byte is one of the 64 characters.
  package static func isDigit(_ character: UInt8) -> Bool { values[Int(character)] < 64 }

  /// The six bits that a character stands for; nil for any other byte.
  package static func value(_ character: UInt8) -> UInt8? {
    let value = values[Int(character)]
    return value < 64 ? value : nil
  }

  /// By character; 64 for a byte that is none.
  private static let values = {
    var values = InlineArray<256, UInt8>(repeating: 64)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
}
