// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

// The fields that credentials have besides those of all tables.

extension WireReader {
  mutating func port() throws(WireError) -> Port {
    guard let port = Port(try u16()) else { throw .malformed }
    return port
  }

  /// Bytes of any value whose number is in `lengths`.
  mutating func octets(_ lengths: ClosedRange<Int>) throws(WireError) -> [UInt8] {
    let length = Int(try u32())
    guard lengths.contains(length) else { throw .malformed }
    return try bytes(length)
  }

  /// A length of time in nanoseconds.
  mutating func span(in range: ClosedRange<Timestamp.Span>) throws(WireError) -> Timestamp.Span {
    guard let value = Int64(exactly: try u64()), range.contains(Timestamp.Span(nanoseconds: value)) else { throw .malformed }
    return Timestamp.Span(nanoseconds: value)
  }
}

extension WireWriter {
  mutating func octets(_ value: [UInt8]) {
    u32(UInt32(clamping: value.count))
    raw(value)
  }

  mutating func span(_ value: Timestamp.Span) { u64(UInt64(bitPattern: value.nanoseconds)) }
}
