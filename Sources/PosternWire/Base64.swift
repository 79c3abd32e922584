// SPDX-License-Identifier: Apache-2.0

/// RFC 4648 section 4 base64 with padding, strict: what decodes re-encodes to the same text.
package enum Base64 {
  private static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word: UInt32 = 0
      for (index, byte) in group.enumerated() { word |= UInt32(byte) << UInt32(16 - 8 * index) }
      for digit in 0..<4 {
        text.append(digit <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * digit)) & 63] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for another alphabet, missing padding, or spare bits that are not zero (RFC 4648 section 3.5).
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count.isMultiple(of: 4) else { return nil }
    let pads = source.suffix(2).reversed().prefix { $0 == padding }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count / 4 * 3)
    for start in stride(from: 0, to: source.count, by: 4) {
      let isLast = start + 4 == source.count
      guard let word = word(source[start..<start + 4], pads: isLast ? pads : 0) else { return nil }
      let count = isLast ? 3 - pads : 3
      for index in 0..<3 {
        let byte = UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * index))
        guard index < count || byte == 0 else { return nil }
        if index < count { bytes.append(byte) }
      }
    }
    return bytes
  }

  private static func word(_ group: ArraySlice<UInt8>, pads: Int) -> UInt32? {
    var word: UInt32 = 0
    for (index, character) in group.enumerated() {
      if index >= 4 - pads {
        word <<= 6
        continue
      }
      guard let value = value(character) else { return nil }
      word = word << 6 | UInt32(value)
    }
    return word
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
