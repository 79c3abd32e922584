// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// SHA-256 (FIPS 180-4) with the algorithm fetched and the context made once: hashing loads nothing.
@safe package struct SHA256: ~Copyable {
  private let algorithm: OpaquePointer
  private let context: OpaquePointer

  package init() throws(CryptoError) {
    guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else { throw .unavailable }
    guard let context = unsafe EVP_MD_CTX_new() else {
      unsafe EVP_MD_free(algorithm)
      throw .unavailable
    }
    unsafe self.algorithm = algorithm
    unsafe self.context = context
  }

  deinit {
    unsafe EVP_MD_CTX_free(context)
    unsafe EVP_MD_free(algorithm)
  }

  package func hash(_ message: RawSpan) throws(CryptoError) -> Bytes32 {
    try begin()
    try update(message)
    return try finish()
  }

  /// The hash of both parts, one behind the other.
  package func hash(_ first: RawSpan, _ second: RawSpan) throws(CryptoError) -> Bytes32 {
    try begin()
    try update(first)
    try update(second)
    return try finish()
  }

  /// One hash with a context of its own: for set-up, not for the packet path.
  package static func hash(_ message: [UInt8]) throws(CryptoError) -> Bytes32 {
    let hasher = try SHA256()
    return try message.withBytes { bytes throws(CryptoError) in try hasher.hash(bytes) }
  }

  private func begin() throws(CryptoError) {
    guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else { throw .failed }
  }

  private func update(_ part: RawSpan) throws(CryptoError) {
    let accepted = unsafe part.withBytePointer { unsafe EVP_DigestUpdate(context, $0, $1) }
    guard accepted == 1 else { throw .failed }
  }

  private func finish() throws(CryptoError) -> Bytes32 {
    try unsafe Bytes32 { output throws(CryptoError) in
      guard unsafe EVP_DigestFinal_ex(context, output, nil) == 1 else { throw .failed }
    }
  }
}
