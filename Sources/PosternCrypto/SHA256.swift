// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// SHA-256 (FIPS 180-4). Hashing loads and allocates nothing.
package struct SHA256: ~Copyable {
  package init() throws(CryptoError) {}

  package func hash(_ message: RawSpan) throws(CryptoError) -> Bytes32 { try hash(message, message.extracting(first: 0)) }

  /// The hash of both parts, one behind the other.
  package func hash(_ first: RawSpan, _ second: RawSpan) throws(CryptoError) -> Bytes32 {
    try unsafe Bytes32 { output throws(CryptoError) in
      unsafe first.withBytePointer { first, firstCount in
        unsafe second.withBytePointer { second, secondCount in
          unsafe postern_sha256(first, firstCount, second, secondCount, output)
        }
      }
    }
  }

  package static func hash(_ message: [UInt8]) throws(CryptoError) -> Bytes32 {
    let hasher = try SHA256()
    return try message.withBytes { bytes throws(CryptoError) in try hasher.hash(bytes) }
  }
}
