// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// ChaCha20-Poly1305 (RFC 8439) with the cipher fetched and the context made once.
@safe package struct ChaCha20Poly1305: ~Copyable {
  package static let tagLength = 16

  /// Twelve bytes that never repeat under one key, read as two big-endian numbers.
  package struct Nonce: Hashable, Sendable {
    package let prefix: UInt32
    package let counter: UInt64

    package init(prefix: UInt32 = 0, counter: UInt64) {
      self.prefix = prefix
      self.counter = counter
    }
  }

  private enum Direction: Int32 {
    case open = 0
    case seal = 1
  }

  private let context: OpaquePointer

  package init() throws(CryptoError) {
    guard let algorithm = unsafe EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil) else { throw .unavailable }
    defer { unsafe EVP_CIPHER_free(algorithm) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .unavailable }
    guard unsafe EVP_CipherInit_ex2(context, algorithm, nil, nil, Direction.seal.rawValue, nil) == 1 else {
      unsafe EVP_CIPHER_CTX_free(context)
      throw .unavailable
    }
    unsafe self.context = context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// The cipher text with the tag behind it.
  package func seal(
    _ plain: RawSpan, key: Bytes32, nonce: Nonce, authenticating data: RawSpan
  ) throws(CryptoError) -> [UInt8] {
    try begin(.seal, key: key, nonce: nonce)
    try authenticate(data)
    return try crypt(plain) + finishSeal()
  }

  /// The plain text; throws ``CryptoError/badSeal`` and leaves no plain text behind when the tag does not match.
  package func open(
    _ sealed: RawSpan, key: Bytes32, nonce: Nonce, authenticating data: RawSpan
  ) throws(CryptoError) -> [UInt8] {
    let length = sealed.byteCount - Self.tagLength
    guard length >= 0 else { throw .wrongLength }
    try begin(.open, key: key, nonce: nonce)
    try expect(sealed.extracting(droppingFirst: length))
    try authenticate(data)
    var plain = try crypt(sealed.extracting(first: length))
    guard isAuthentic() else {
      wipe(&plain)
      throw .badSeal
    }
    return plain
  }

  private func begin(_ direction: Direction, key: Bytes32, nonce: Nonce) throws(CryptoError) {
    let iv: InlineArray<3, UInt32> = [
      nonce.prefix.bigEndian, UInt32(truncatingIfNeeded: nonce.counter >> 32).bigEndian,
      UInt32(truncatingIfNeeded: nonce.counter).bigEndian,
    ]
    let accepted = key.withBytes { key in
      unsafe key.withBytePointer { key, _ in
        unsafe iv.span.bytes.withBytePointer { iv, _ in
          unsafe EVP_CipherInit_ex2(context, nil, key, iv, direction.rawValue, nil)
        }
      }
    }
    guard accepted == 1 else { throw .failed }
  }

  private func authenticate(_ data: RawSpan) throws(CryptoError) {
    guard !data.isEmpty else { return }
    guard let count = Int32(exactly: data.byteCount) else { throw .wrongLength }
    var written: Int32 = 0
    let accepted = unsafe data.withBytePointer { bytes, _ in unsafe EVP_CipherUpdate(context, nil, &written, bytes, count) }
    guard accepted == 1 else { throw .failed }
  }

  private func crypt(_ input: RawSpan) throws(CryptoError) -> [UInt8] {
    guard !input.isEmpty else { return [] }
    guard let count = Int32(exactly: input.byteCount) else { throw .wrongLength }
    var output = [UInt8](repeating: 0, count: input.byteCount)
    var written: Int32 = 0
    let accepted = unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe input.withBytePointer { bytes, _ in unsafe EVP_CipherUpdate(context, output.baseAddress, &written, bytes, count) }
    }
    guard accepted == 1, written == count else { throw .failed }
    return output
  }

  private func finishSeal() throws(CryptoError) -> [UInt8] {
    guard finish() else { throw .failed }
    var tag = [UInt8](repeating: 0, count: Self.tagLength)
    let given = unsafe tag.withUnsafeMutableBytes {
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), $0.baseAddress)
    }
    guard given == 1 else { throw .failed }
    return tag
  }

  private func expect(_ tag: RawSpan) throws(CryptoError) {
    // The call takes a mutable pointer but only reads through it when the tag is set.
    let accepted = unsafe tag.withUnsafeBytes {
      unsafe EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    guard accepted == 1 else { throw .failed }
  }

  private func isAuthentic() -> Bool {
    guard finish() else {
      ERR_clear_error()
      return false
    }
    return true
  }

  private func finish() -> Bool {
    var written: Int32 = 0
    var nothing: UInt8 = 0
    return unsafe EVP_CipherFinal_ex(context, &nothing, &written) == 1
  }

  private func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
