// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A digest or code of any ``HashAlgorithm``: up to 64 bytes in place.
package struct HashDigest: Sendable {
  private static let limit = 64

  private var bytes = InlineArray<64, UInt8>(repeating: 0)
  package let byteCount: Int

  init(count: Int, filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    precondition(count <= Self.limit)
    byteCount = count
    var span = bytes.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { unsafe fill(base) }
    }
  }

  package var array: [UInt8] { withBytes { $0.copied() } }

  /// Lends the bytes.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe bytes.span.bytes.extracting(first: byteCount))
  }

  /// Whether these are the digest's bytes, in a time that depends on the lengths alone.
  package func equals(_ other: RawSpan) -> Bool { withBytes { constantTimeEqual($0, other) } }
}
