// SPDX-License-Identifier: Apache-2.0
package import PosternWire

extension UInt64 {
  /// Lends the number's eight bytes, big-endian, without a heap allocation.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let words: InlineArray<1, UInt64> = [bigEndian]
    return try body(unsafe words.span.bytes)
  }
}

extension Bytes16 {
  /// Lends the sixteen bytes in wire order, without a heap allocation.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let words: InlineArray<2, UInt64> = [high.bigEndian, low.bigEndian]
    return try body(unsafe words.span.bytes)
  }
}

extension Bytes32 {
  /// Lends the thirty-two bytes in wire order, without a heap allocation.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let words: InlineArray<4, UInt64> = [high.high.bigEndian, high.low.bigEndian, low.high.bigEndian, low.low.bigEndian]
    return try body(unsafe words.span.bytes)
  }

  /// The value that `fill` writes into 32 bytes, in wire order; for the outputs of C calls.
  init<Failure: Error>(filledBy fill: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    try unsafe withUnsafeMutableBytes(of: &words) { raw throws(Failure) in
      guard let base = raw.baseAddress else { return }
      try unsafe fill(base.assumingMemoryBound(to: UInt8.self))
    }
    self.init(
      high: Bytes16(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1)),
      low: Bytes16(high: UInt64(bigEndian: words.2), low: UInt64(bigEndian: words.3)))
  }
}

extension RawSpan {
  /// Lends pointer and count to a C call; the pointer is nil only for an empty span.
  func withBytePointer<Result, Failure: Error>(
    _ body: (UnsafePointer<UInt8>?, Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeBytes { raw throws(Failure) in
      unsafe try body(raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
    }
  }
}
