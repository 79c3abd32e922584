// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto

/// The keyed primitives of one suite, made once and lent to every handshake.
package struct NoiseSuite: ~Copyable {
  let hkdf: HKDFSHA256
  let cipher: ChaCha20Poly1305

  package init() throws(CryptoError) {
    cipher = try ChaCha20Poly1305()
    hkdf = HKDFSHA256()
  }
}
