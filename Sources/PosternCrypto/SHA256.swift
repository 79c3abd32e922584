// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// SHA-256 (FIPS 180-4). Hashing loads and allocates nothing.
package enum SHA256 {
  package static func hash(_ message: RawSpan) -> Bytes32 { hash(message, message.extracting(first: 0)) }

  /// The hash of both parts, one behind the other.
  package static func hash(_ first: RawSpan, _ second: RawSpan) -> Bytes32 {
    unsafe Bytes32 { output in
      unsafe first.withBytePointer { first, firstCount in
        unsafe second.withBytePointer { second, secondCount in
          unsafe postern_sha256(first, firstCount, second, secondCount, output)
        }
      }
    }
  }

  package static func hash(_ message: [UInt8]) -> Bytes32 { message.withBytes { hash($0) } }
}
