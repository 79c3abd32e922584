// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// HMAC-SHA256 (RFC 2104) under one key, whose schedule is computed once and reused for every message.
@safe package struct HMACSHA256: ~Copyable {
  private let context: OpaquePointer

  package init(key: RawSpan) throws(CryptoError) {
    guard let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { throw .unavailable }
    defer { unsafe EVP_MAC_free(algorithm) }
    guard let context = unsafe EVP_MAC_CTX_new(algorithm) else { throw .unavailable }
    guard unsafe postern_mac_use_sha256(context) == 1, unsafe Self.schedule(key, in: context) else {
      unsafe EVP_MAC_CTX_free(context)
      throw .unavailable
    }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  /// Replaces the key; an empty one counts as a block of zeros, as RFC 2104 says.
  package func rekey(_ key: RawSpan) throws(CryptoError) {
    guard unsafe Self.schedule(key, in: context) else { throw .failed }
  }

  package func mac(_ message: RawSpan) throws(CryptoError) -> Bytes32 {
    try begin()
    try update(message)
    return try finish()
  }

  /// The code of both parts, one behind the other.
  package func mac(_ first: RawSpan, _ second: RawSpan) throws(CryptoError) -> Bytes32 {
    try begin()
    try update(first)
    try update(second)
    return try finish()
  }

  /// One code with a context of its own: for set-up, not for the packet path.
  package static func mac(_ message: [UInt8], key: RawSpan) throws(CryptoError) -> Bytes32 {
    let keyed = try HMACSHA256(key: key)
    return try message.withBytes { bytes throws(CryptoError) in try keyed.mac(bytes) }
  }

  private static func schedule(_ key: RawSpan, in context: OpaquePointer) -> Bool {
    // libcrypto takes a null pointer for "keep the old key", so an empty key is written out.
    guard !key.isEmpty else { return Bytes32.zero.withBytes { unsafe schedule($0, in: context) } }
    return unsafe key.withBytePointer { unsafe EVP_MAC_init(context, $0, $1, nil) } == 1
  }

  private func begin() throws(CryptoError) {
    guard unsafe EVP_MAC_init(context, nil, 0, nil) == 1 else { throw .failed }
  }

  private func update(_ part: RawSpan) throws(CryptoError) {
    let accepted = unsafe part.withBytePointer { unsafe EVP_MAC_update(context, $0, $1) }
    guard accepted == 1 else { throw .failed }
  }

  private func finish() throws(CryptoError) -> Bytes32 {
    try unsafe Bytes32 { output throws(CryptoError) in
      var written = 0
      guard unsafe EVP_MAC_final(context, output, &written, 32) == 1, written == 32 else { throw .failed }
    }
  }
}
