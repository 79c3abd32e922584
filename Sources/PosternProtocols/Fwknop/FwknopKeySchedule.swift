// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// The AES key and initialisation vector that belong to a passphrase and a salt: `EVP_BytesToKey` of OpenSSL with MD5 and one round.
struct FwknopKeySchedule: Hashable {
  let key: Bytes32
  let iv: Bytes16

  /// D1 = MD5(passphrase | salt), Dn = MD5(Dn-1 | passphrase | salt). Nothing is allocated.
  init(passphrase: RawSpan, salt: RawSpan) {
    let first = Self.digest(after: nil, passphrase, salt)
    let second = Self.digest(after: first, passphrase, salt)
    key = Bytes32(high: first, low: second)
    iv = Self.digest(after: second, passphrase, salt)
  }

  private static func digest(after previous: Bytes16?, _ passphrase: RawSpan, _ salt: RawSpan) -> Bytes16 {
    guard let previous else { return HashAlgorithm.md5.digest(passphrase, salt).bytes16 }
    return previous.withBytes { HashAlgorithm.md5.digest($0, passphrase, salt).bytes16 }
  }
}

extension HashDigest {
  /// The first sixteen bytes.
  fileprivate var bytes16: Bytes16 { withBytes { Bytes16($0) } }
}
