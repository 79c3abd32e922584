// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// A private key of X25519 (RFC 7748), prepared once for many agreements.
///
/// Making one runs one agreement, so that everything libcrypto loads on first use is loaded before the process confines itself.
@safe package struct X25519PrivateKey: ~Copyable {
  private let derivation: OpaquePointer
  package let publicKey: Bytes32

  /// Any 32 bytes are a private key; other lengths are refused.
  package init(_ secret: RawSpan) throws(CryptoError) {
    guard secret.byteCount == 32 else { throw .wrongLength }
    let made = unsafe secret.withBytePointer { unsafe EVP_PKEY_new_raw_private_key_ex(nil, "X25519", nil, $0, $1) }
    guard let key = unsafe made else { throw .unavailable }
    // The context keeps a reference of its own to the key.
    defer { unsafe EVP_PKEY_free(key) }
    let publicKey = try unsafe Self.publicKey(of: key)
    guard let derivation = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { throw .unavailable }
    do {
      try unsafe Self.warm(derivation, with: publicKey)
    } catch {
      unsafe EVP_PKEY_CTX_free(derivation)
      throw error
    }
    unsafe self.derivation = derivation
    self.publicKey = publicKey
  }

  package init(_ secret: Bytes32) throws(CryptoError) {
    self = try secret.withBytes { bytes throws(CryptoError) in try X25519PrivateKey(bytes) }
  }

  deinit { unsafe EVP_PKEY_CTX_free(derivation) }

  /// The agreement with a peer; throws ``CryptoError/refusedPoint`` when the result would be all zeros.
  package func sharedSecret(with peer: Bytes32) throws(CryptoError) -> Bytes32 {
    try unsafe Self.agree(derivation, with: peer)
  }

  private static func warm(_ derivation: OpaquePointer, with publicKey: Bytes32) throws(CryptoError) {
    guard unsafe EVP_PKEY_derive_init(derivation) == 1 else { throw .unavailable }
    _ = try unsafe agree(derivation, with: publicKey)
  }

  private static func agree(_ derivation: OpaquePointer, with peer: Bytes32) throws(CryptoError) -> Bytes32 {
    let made = unsafe peer.withBytes { peer in
      unsafe peer.withBytePointer { unsafe EVP_PKEY_new_raw_public_key_ex(nil, "X25519", nil, $0, $1) }
    }
    guard let peer = unsafe made else { throw .failed }
    defer { unsafe EVP_PKEY_free(peer) }
    guard unsafe EVP_PKEY_derive_set_peer_ex(derivation, peer, 0) == 1 else { throw .failed }
    return try unsafe derive(derivation)
  }

  private static func derive(_ derivation: OpaquePointer) throws(CryptoError) -> Bytes32 {
    let secret = try unsafe Bytes32 { output throws(CryptoError) in
      var count = 32
      guard unsafe EVP_PKEY_derive(derivation, output, &count) == 1, count == 32 else {
        ERR_clear_error()
        throw .refusedPoint
      }
    }
    guard !constantTimeEqual(secret, .zero) else { throw .refusedPoint }
    return secret
  }

  private static func publicKey(of key: OpaquePointer) throws(CryptoError) -> Bytes32 {
    try unsafe Bytes32 { output throws(CryptoError) in
      var count = 32
      guard unsafe EVP_PKEY_get_raw_public_key(key, output, &count) == 1, count == 32 else { throw .failed }
    }
  }
}
