// SPDX-License-Identifier: Apache-2.0

/// Why a cryptographic operation gave no result. Closed, and it never carries key material.
package enum CryptoError: Error, Hashable, Sendable {
  /// libcrypto offers no such algorithm, or memory for it is missing.
  case unavailable
  /// An operation failed that only a lack of memory can make fail.
  case failed
  /// A key, nonce or message has a length that the algorithm does not take.
  case wrongLength
  /// The shared secret is all zeros: the peer's key is a point of small order (RFC 7748 section 6.1).
  case refusedPoint
  /// The authentication tag of a sealed message does not match.
  case badSeal
  /// The random generator is not ready.
  case noRandomness
  /// A ``SecretStore`` has no slot left.
  case storeFull
  /// A decrypted text does not end as its padding must.
  case badPadding
  /// OpenSSL's legacy provider, which holds the ciphers of old protocols, is not installed.
  case noLegacyProvider
}
