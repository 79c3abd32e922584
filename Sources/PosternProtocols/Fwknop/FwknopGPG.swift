// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

extension FwknopText {
  /// Whether the other mode made it.
  var looksLikeGPG: Bool { split(tail: count) { FwknopGPG.looksLike($1) } }
}

/// Recognises texts that are OpenPGP messages, fwknop's other mode, which is not supported.
///
/// A guess for a counter: the client cut the first two characters off, and nothing in the rest names the mode for certain.
enum FwknopGPG {
  /// Two RSA keys of 2,048 bits make 1,025 characters, keys of elliptic curves about 500.
  private static let leastLength = 400
  private static let cutCharacters = 2
  /// The bytes of a packet header: with lengths of two bytes as RSA keys have them ("hQ" was cut off), of one byte ("hF").
  private static let headers = [3, 2]

  /// Whether a text of the standard alphabet starts with a public-key encrypted session key: RFC 4880 sections 4.2.1 and 5.1, an old-format
  /// packet with version 3, the eight bytes of a key's id, an algorithm that encrypts.
  static func looksLike(_ text: RawSpan) -> Bool {
    guard text.byteCount >= leastLength else { return false }
    return headers.contains { header in
      guard byte(header, of: text) == 3 else { return false }
      switch byte(header + 9, of: text) {
      case 1, 2, 16, 18: return true
      default: return false
      }
    }
  }

  /// A byte of the message, counted from its start; from the second on it does not depend on what was cut off.
  private static func byte(_ index: Int, of text: RawSpan) -> UInt8 {
    let first = index * 8 / 6 - cutCharacters
    var word: UInt32 = 0
    for offset in first..<first + 3 { word = word << 6 | UInt32(UnpaddedBase64.value(text.byte(offset)) ?? 0) }
    return UInt8(truncatingIfNeeded: word >> UInt32(10 - index * 8 % 6))
  }
}
