// SPDX-License-Identifier: Apache-2.0

/// RFC 4648 section 4 base64 with padding, strict: what decodes re-encodes to the same text.
package enum Base64 {
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: [UInt8]) -> String {
    let text = UnpaddedBase64.encode(bytes)
    return String(decoding: text + Array(repeating: padding, count: (4 - text.count % 4) % 4), as: UTF8.self)
  }

  /// Nil for another alphabet, missing padding, or spare bits that are not zero (RFC 4648 section 3.5).
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count.isMultiple(of: 4) else { return nil }
    let pads = source.suffix(2).reversed().prefix { $0 == padding }.count
    return UnpaddedBase64.decode(source.dropLast(pads))
  }
}
