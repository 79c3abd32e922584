// SPDX-License-Identifier: Apache-2.0

/// RFC 4648 section 6 base32 without padding, in capital letters, strict: what decodes re-encodes to the same text.
package enum Base32 {
  private static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var (word, bits): (UInt32, UInt32) = (0, 0)
    for byte in bytes {
      word = word << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[Int(word >> bits) & 31])
      }
    }
    if bits > 0 { text.append(alphabet[Int(word << (5 - bits)) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for another alphabet, a length that no text has, and spare bits that are not zero.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard ![1, 3, 6].contains(text.count % 8) else { return nil }
    var bytes: [UInt8] = []
    var (word, bits): (UInt32, UInt32) = (0, 0)
    for character in text {
      guard let value = value(character) else { return nil }
      word = word << 5 | UInt32(value)
      bits += 5
      guard bits >= 8 else { continue }
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: word >> bits))
    }
    return word & (1 << bits - 1) == 0 ? bytes : nil
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2") + 26
    default: nil
    }
  }
}
