// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// scrypt (RFC 7914): a key out of a passphrase, by so much memory and time that guessing is slow.
package struct Scrypt: Hashable, Sendable {
  /// The binary logarithm of N: 2^N blocks are kept in memory.
  package let logarithmOfN: UInt8
  /// A block is 128 times r bytes.
  package let r: UInt8
  package let p: UInt8

  /// 128 MiB and some tenths of a second.
  package static let standard = Scrypt(logarithmOfN: 17, r: 8, p: 1)

  package init(logarithmOfN: UInt8, r: UInt8, p: UInt8) {
    self.logarithmOfN = logarithmOfN
    self.r = r
    self.p = p
  }

  /// Bytes that ``key(passphrase:salt:)`` takes for its time.
  package var memory: UInt64 { (1 << UInt64(min(logarithmOfN, 40)) + 2 + UInt64(p)) * 128 * UInt64(r) }

  /// Thirty-two bytes of key; throws ``CryptoError/failed`` where there is no such memory, or the parameters are none of RFC 7914
  /// section 2.
  package func key(passphrase: RawSpan, salt: RawSpan) throws(CryptoError) -> Bytes32 {
    guard (1...40).contains(logarithmOfN), r > 0, p > 0 else { throw .failed }
    return try unsafe Bytes32 { output throws(CryptoError) in
      let made = unsafe passphrase.withUnsafeBytes { passphrase in
        unsafe salt.withBytePointer { salt, saltCount in
          unsafe EVP_PBE_scrypt(
            passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), passphrase.count, salt, saltCount,
            1 << UInt64(logarithmOfN),
            UInt64(r), UInt64(p), memory, output, 32)
        }
      }
      guard made == 1 else {
        ERR_clear_error()
        throw .failed
      }
    }
  }
}

extension Bytes32 {
  /// Overwrites the value in place, whatever the optimiser thinks of it.
  package mutating func wipe() { unsafe OPENSSL_cleanse(&self, MemoryLayout<Bytes32>.size) }
}
