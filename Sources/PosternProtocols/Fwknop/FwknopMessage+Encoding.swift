// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
internal import PosternWire

extension FwknopMessage {
  /// The plain text with its digest, as ``init(plainText:)`` reads it. `random` is printed as sixteen digits and must differ from message to
  /// message.
  package func plainText(random: UInt64, digest: HashAlgorithm) -> [UInt8] {
    var fields = [Self.sixteenDigits(random), Self.base64(Array(user.utf8)), Self.decimal(seconds), Array(version.utf8)]
    fields += [Self.decimal(UInt64(kind.rawValue)), Self.base64(Array("\(address),".utf8) + wish.text)]
    if let target { fields.append(Self.base64(target.text)) }
    if kind.hasTimeout { fields.append(Self.decimal(UInt64(timeout))) }
    return FwknopDigest.appended(to: Array(fields.joined(separator: [UInt8(ascii: ":")])), digest)
  }

  private static func sixteenDigits(_ random: UInt64) -> [UInt8] {
    let digits = decimal(random % 10_000_000_000_000_000)
    return [UInt8](repeating: UInt8(ascii: "0"), count: 16 - digits.count) + digits
  }

  private static func decimal(_ number: UInt64) -> [UInt8] { Array(String(number).utf8) }
  private static func base64(_ bytes: [UInt8]) -> [UInt8] { UnpaddedBase64.encode(bytes) }
}
