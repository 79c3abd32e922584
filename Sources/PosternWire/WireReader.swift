// SPDX-License-Identifier: Apache-2.0

/// A cursor over borrowed bytes; integers are big-endian, as on the wire.
///
/// Every read checks the remaining length once and throws ``WireError/truncated`` when the field does not fit; a failed read
/// moves nothing. The reader cannot outlive the bytes it reads.
package struct WireReader: ~Escapable {
  private var rest: RawSpan

  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) { rest = bytes }

  /// The number of bytes not read yet.
  package var remaining: Int { rest.byteCount }
  package var isAtEnd: Bool { rest.isEmpty }

  package mutating func u8() throws(WireError) -> UInt8 { try integer(UInt8.self) }
  package mutating func u16() throws(WireError) -> UInt16 { try integer(UInt16.self).bigEndian }
  package mutating func u32() throws(WireError) -> UInt32 { try integer(UInt32.self).bigEndian }
  package mutating func u64() throws(WireError) -> UInt64 { try integer(UInt64.self).bigEndian }

  package mutating func skip(_ count: Int) throws(WireError) {
    try require(count)
    rest = rest.extracting(droppingFirst: count)
  }

  /// The next `count` bytes, borrowed.
  @_lifetime(copy self)
  package mutating func span(_ count: Int) throws(WireError) -> RawSpan {
    try require(count)
    let taken = rest.extracting(first: count)
    rest = rest.extracting(droppingFirst: count)
    return taken
  }

  /// The next `count` bytes, copied.
  package mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
    try span(count).copied()
  }

  private func require(_ count: Int) throws(WireError) {
    guard count >= 0, rest.byteCount >= count else { throw .truncated }
  }

  private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(WireError) -> T {
    let size = MemoryLayout<T>.size
    try require(size)
    let value = unsafe rest.unsafeLoadUnaligned(as: T.self)
    rest = rest.extracting(droppingFirst: size)
    return value
  }
}

extension RawSpan {
  /// The bytes as an array of their own.
  package func copied() -> [UInt8] {
    unsafe withUnsafeBytes { raw in unsafe [UInt8](raw) }
  }

  /// The byte at `offset`; the caller has checked the length.
  package func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// The big-endian 16-bit number at `offset`; the caller has checked the length.
  package func u16(at offset: Int) -> UInt16 { unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self).bigEndian }

  /// The big-endian 32-bit number at `offset`; the caller has checked the length.
  package func u32(at offset: Int) -> UInt32 { unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian }

  /// The big-endian 64-bit number at `offset`; the caller has checked the length.
  package func u64(at offset: Int) -> UInt64 { unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian }
}

extension Array where Element == UInt8 {
  /// Lends the array's bytes as a span: the one place where owned bytes enter the readers.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe span.bytes)
  }
}
