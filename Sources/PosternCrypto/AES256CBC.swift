// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// AES-256 in cipher block chaining (NIST SP 800-38A section 6.2), the cipher fetched and the context made once.
///
/// It proves nothing about who made a text: whoever can, checks a code over it first.
@safe package struct AES256CBC: ~Copyable {
  package static let blockLength = 16

  private enum Direction: Int32 {
    case decrypt = 0
    case encrypt = 1
  }

  private let context: OpaquePointer

  package init() throws(CryptoError) {
    guard let algorithm = unsafe EVP_CIPHER_fetch(nil, "AES-256-CBC", nil) else { throw .unavailable }
    defer { unsafe EVP_CIPHER_free(algorithm) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .unavailable }
    guard unsafe EVP_CipherInit_ex2(context, algorithm, nil, nil, Direction.decrypt.rawValue, nil) == 1 else {
      unsafe EVP_CIPHER_CTX_free(context)
      throw .unavailable
    }
    unsafe self.context = context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// The cipher text of a message, padded to whole blocks (PKCS#7, RFC 5652 section 6.3).
  package func encrypt(_ plain: RawSpan, key: Bytes32, iv: Bytes16) throws(CryptoError) -> [UInt8] {
    let padding = Self.blockLength - plain.byteCount % Self.blockLength
    var padded = plain.copied() + [UInt8](repeating: UInt8(padding), count: padding)
    defer { wipe(&padded) }
    var text = [UInt8](repeating: 0, count: padded.count)
    try padded.withBytes { padded throws(CryptoError) in try crypt(.encrypt, padded, key: key, iv: iv, into: &text) }
    return text
  }

  /// The message behind a cipher text; throws ``CryptoError/badPadding`` when its end is not padding as PKCS#7 wants it.
  package func decrypt(_ text: RawSpan, key: Bytes32, iv: Bytes16) throws(CryptoError) -> [UInt8] {
    var plain = [UInt8](repeating: 0, count: text.byteCount)
    let count = try decrypt(text, key: key, iv: iv, into: &plain)
    plain.removeLast(plain.count - count)
    return plain
  }

  /// Decrypts into a buffer at least as long as the cipher text and returns the message's length; nothing is allocated.
  package func decrypt(_ text: RawSpan, key: Bytes32, iv: Bytes16, into plain: inout [UInt8]) throws(CryptoError) -> Int {
    try crypt(.decrypt, text, key: key, iv: iv, into: &plain)
    guard let padding = Self.padding(plain, end: text.byteCount) else { throw .badPadding }
    return text.byteCount - padding
  }

  /// The first block of a message; its padding is not looked at, and nothing is allocated.
  package func firstBlock(of text: RawSpan, key: Bytes32, iv: Bytes16) throws(CryptoError) -> Bytes16 {
    guard text.byteCount >= Self.blockLength else { throw .wrongLength }
    try begin(.decrypt, key: key, iv: iv)
    var block: (UInt64, UInt64) = (0, 0)
    var written: Int32 = 0
    let accepted = unsafe withUnsafeMutableBytes(of: &block) { block in
      unsafe text.withBytePointer { bytes, _ in
        unsafe EVP_CipherUpdate(
          context, block.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, bytes, Int32(Self.blockLength))
      }
    }
    guard accepted == 1, written == Int32(Self.blockLength) else { throw .failed }
    return Bytes16(high: UInt64(bigEndian: block.0), low: UInt64(bigEndian: block.1))
  }

  private static func padding(_ plain: [UInt8], end: Int) -> Int? {
    let count = plain[end - 1]
    guard (1...blockLength).contains(Int(count)) else { return nil }
    var difference: UInt8 = 0
    for index in end - Int(count)..<end { difference |= plain[index] ^ count }
    return difference == 0 ? Int(count) : nil
  }

  private func crypt(
    _ direction: Direction, _ input: RawSpan, key: Bytes32, iv: Bytes16, into output: inout [UInt8]
  ) throws(CryptoError) {
    guard !input.isEmpty, input.byteCount.isMultiple(of: Self.blockLength), output.count >= input.byteCount,
      let count = Int32(exactly: input.byteCount)
    else { throw .wrongLength }
    try begin(direction, key: key, iv: iv)
    var written: Int32 = 0
    let accepted = unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe input.withBytePointer { bytes, _ in unsafe EVP_CipherUpdate(context, output.baseAddress, &written, bytes, count) }
    }
    guard accepted == 1, written == count else { throw .failed }
  }

  private func begin(_ direction: Direction, key: Bytes32, iv: Bytes16) throws(CryptoError) {
    let accepted = key.withBytes { key in
      unsafe key.withBytePointer { key, _ in
        iv.withBytes { iv in
          unsafe iv.withBytePointer { iv, _ in unsafe EVP_CipherInit_ex2(context, nil, key, iv, direction.rawValue, nil) }
        }
      }
    }
    // Padding is checked here: libcrypto would put a failure on its error queue, which allocates.
    guard accepted == 1, unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1 else { throw .failed }
  }

  private func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
