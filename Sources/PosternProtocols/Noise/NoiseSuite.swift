// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto

/// The primitives of one suite, fetched once and lent to every handshake.
package struct NoiseSuite: ~Copyable {
  let sha256: SHA256
  let hkdf: HKDFSHA256
  let cipher: ChaCha20Poly1305

  package init() throws(CryptoError) {
    let sha256 = try SHA256()
    let hkdf = try HKDFSHA256()
    let cipher = try ChaCha20Poly1305()
    self.sha256 = sha256
    self.hkdf = hkdf
    self.cipher = cipher
  }
}
