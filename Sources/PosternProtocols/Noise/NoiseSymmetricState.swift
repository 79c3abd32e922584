// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternWire

/// The symmetric state of Noise rev. 34 section 5.2: chaining key, hash and the current cipher key.
///
/// In the one-way patterns every cipher key seals exactly one message, so the nonce is always zero and is not kept.
package struct NoiseSymmetricState: Sendable {
  package private(set) var chainingKey: Bytes32
  package private(set) var hash: Bytes32
  private var key: Bytes32 = .zero

  /// InitializeSymmetric: a name of at most 32 bytes is padded with zeros, a longer one hashed.
  package init(_ pattern: NoisePattern) {
    let name = Array(pattern.name.utf8)
    if let padded = Bytes32(name + Array(repeating: 0, count: max(0, 32 - name.count))) {
      hash = padded
    } else {
      hash = SHA256.hash(name)
    }
    chainingKey = hash
  }

  package mutating func mixHash(_ data: RawSpan) {
    hash = hash.withBytes { SHA256.hash($0, data) }
  }

  package mutating func mixKey(_ input: RawSpan, _ suite: borrowing NoiseSuite) {
    (chainingKey, key) = suite.hkdf.two(chainingKey, input)
  }

  package mutating func mixKeyAndHash(_ input: RawSpan, _ suite: borrowing NoiseSuite) {
    let (chainingKey, mixed, key) = suite.hkdf.three(chainingKey, input)
    self.chainingKey = chainingKey
    self.key = key
    mixed.withBytes { mixHash($0) }
  }

  package mutating func encryptAndHash(_ plain: RawSpan, _ suite: borrowing NoiseSuite) throws(CryptoError) -> [UInt8] {
    let sealed = try hash.withBytes { hash throws(CryptoError) in
      try suite.cipher.seal(plain, key: key, nonce: .init(counter: 0), authenticating: hash)
    }
    sealed.withBytes { mixHash($0) }
    return sealed
  }

  /// Throws ``CryptoError/badSeal`` when the message was sealed under another key or another hash.
  package mutating func decryptAndHash(_ sealed: RawSpan, _ suite: borrowing NoiseSuite) throws(CryptoError) -> [UInt8] {
    let plain = try hash.withBytes { hash throws(CryptoError) in
      try suite.cipher.open(sealed, key: key, nonce: .init(counter: 0), authenticating: hash)
    }
    mixHash(sealed)
    return plain
  }
}
