// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternWire

/// The one construction of all sealed forms: counter (8) and hint (4) in clear, then what is sealed and its tag (16).
///
/// ChaCha20-Poly1305 under the client key's own 32 bytes; nonce = four zero bytes || counter; the twelve bytes in clear are the
/// associated data. A counter serves once: a client that used one twice would give the plain text away.
package struct SealedEnvelope: ~Copyable {
  package static let hintOffset = 8
  package static let sealedOffset = 12
  /// What an envelope is longer than its plain text.
  package static let overhead = sealedOffset + ChaCha20Poly1305.tagLength

  private let cipher: ChaCha20Poly1305

  package init() throws(CryptoError) { cipher = try ChaCha20Poly1305() }

  package func seal(_ plain: [UInt8], key: Bytes32, counter: UInt64, hint: UInt32) throws(CryptoError) -> [UInt8] {
    var front = WireWriter(capacity: Self.overhead + plain.count)
    front.u64(counter)
    front.u32(hint)
    let sealed = try front.bytes.withBytes { front throws(CryptoError) in
      try plain.withBytes { plain throws(CryptoError) in
        try cipher.seal(plain, key: key, nonce: .init(counter: counter), authenticating: front)
      }
    }
    return front.bytes + sealed
  }

  /// The plain text; throws ``CryptoError/badSeal`` for every envelope that ``seal(_:key:counter:hint:)`` did not make under this key.
  package func open(_ envelope: RawSpan, key: Bytes32) throws(CryptoError) -> [UInt8] {
    guard envelope.byteCount >= Self.overhead else { throw .wrongLength }
    return try cipher.open(
      envelope.extracting(droppingFirst: Self.sealedOffset), key: key, nonce: .init(counter: envelope.u64(at: 0)),
      authenticating: envelope.extracting(first: Self.sealedOffset))
  }
}
