// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// The only place that draws random bytes: libcrypto's generator for secrets (RAND_priv_bytes(3)).
package enum Randomness {
  /// Thirty-two fresh bytes: a key.
  package static func bytes32() throws(CryptoError) -> Bytes32 {
    try unsafe Bytes32 { output throws(CryptoError) in try unsafe fill(output, count: 32) }
  }

  /// `count` fresh bytes.
  package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(CryptoError) in
      guard let base = buffer.baseAddress else { return }
      try unsafe fill(base, count: count)
    }
    return bytes
  }

  private static func fill(_ output: UnsafeMutablePointer<UInt8>, count: Int) throws(CryptoError) {
    guard let count = Int32(exactly: count) else { throw .wrongLength }
    guard unsafe RAND_priv_bytes(output, count) == 1 else { throw .noRandomness }
  }
}
