// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// The digest at the end of a plain text: it shows that the text was decrypted right, and proves nothing else.
enum FwknopDigest {
  private static let colon = UInt8(ascii: ":")

  /// What stands before the digest, when it is the digest of that; its length tells which algorithms come into question.
  static func verified(_ plainText: [UInt8]) -> ArraySlice<UInt8>? {
    guard let end = plainText.lastIndex(of: colon), let digest = UnpaddedBase64.decode(plainText[(end + 1)...]) else {
      return nil
    }
    let encoded = plainText[..<end]
    let text = Array(encoded)
    let matches = HashAlgorithm.allCases.contains { $0.byteCount == digest.count && $0.hash(text) == digest }
    return matches ? encoded : nil
  }

  /// A text with its digest behind it.
  static func appended(to encoded: [UInt8], _ algorithm: HashAlgorithm) -> [UInt8] {
    encoded + [colon] + UnpaddedBase64.encode(algorithm.hash(encoded))
  }
}
