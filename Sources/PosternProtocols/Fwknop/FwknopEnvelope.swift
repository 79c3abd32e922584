// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// The bytes behind the text: "Salted__", eight bytes of salt, whole blocks of cipher text.
struct FwknopEnvelope: Hashable {
  static let saltLength = 8
  static let headerLength = 16
  private static let label = Array("Salted__".utf8)

  let salt: [UInt8]
  let cipherText: [UInt8]

  init(salt: [UInt8], cipherText: [UInt8]) {
    self.salt = salt
    self.cipherText = cipherText
  }

  /// The envelope that a text with its prefix stands for; nil unless it is exactly the text of that envelope.
  init?(text: RawSpan) {
    var bytes = [UInt8](repeating: 0, count: text.byteCount)
    guard let count = Self.decode(text, into: &bytes) else { return nil }
    salt = Array(bytes[Self.label.count..<Self.headerLength])
    cipherText = Array(bytes[Self.headerLength..<count])
  }

  /// Writes the bytes of an envelope into the front of `bytes`, which has room for as many as the text has characters, and returns how
  /// many they are. Nothing is allocated.
  static func decode(_ text: RawSpan, into bytes: inout [UInt8]) -> Int? {
    guard let count = UnpaddedBase64.decode(text, into: &bytes), fits(byteCount: count) else { return nil }
    for (offset, character) in label.enumerated() where bytes[offset] != character { return nil }
    return count
  }

  /// The text, its prefix cut off.
  var text: [UInt8] { Array(UnpaddedBase64.encode(Self.label + salt + cipherText).dropFirst(FwknopText.prefix.count)) }

  /// Whether a text of this length, prefix included, can be an envelope: three lengths in 64 can.
  static func fits(textLength: Int) -> Bool {
    guard let count = UnpaddedBase64.byteCount(ofText: textLength) else { return false }
    return fits(byteCount: count)
  }

  private static func fits(byteCount: Int) -> Bool {
    byteCount > headerLength && byteCount.isMultiple(of: AES256CBC.blockLength)
  }
}
