// SPDX-License-Identifier: Apache-2.0

/// Lower-case hexadecimal, two digits a byte.
package enum Hex {
  private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The sixteen digits of a 64-bit number, leading zeros included.
  package static func encode(_ value: UInt64) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(16)
    for shift in stride(from: UInt64(60), through: 0, by: -4) { text.append(digits[Int(value >> shift & 15)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is an even number of hexadecimal digits and nothing else.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count / 2)
    for index in stride(from: 0, to: source.count, by: 2) {
      guard let high = nibble(source[index]), let low = nibble(source[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
