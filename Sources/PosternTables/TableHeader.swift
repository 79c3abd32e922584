// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// What encoded tables begin with: eight bytes of magic, a version and the number of bytes after the header.
struct TableHeader {
  static let byteCount = 16
  private static let lengthOffset = 12

  let magic: UInt64
  let version: UInt32

  /// Throws unless the magic and the version are these and exactly the announced bytes follow.
  func check(_ reader: inout WireReader) throws(WireError) {
    guard reader.remaining <= TableLimits.encodedBytes else { throw .malformed }
    guard try reader.u64() == magic, try reader.u32() == version else { throw .malformed }
    let length = Int(try reader.u32())
    guard reader.remaining >= length else { throw .truncated }
    guard reader.remaining == length else { throw .malformed }
  }

  /// A writer that holds the header; `capacity` spares growing, which would leave copies of secrets in freed memory.
  func begin(capacity: Int) -> WireWriter {
    var writer = WireWriter(capacity: Self.byteCount + capacity)
    writer.u64(magic)
    writer.u32(version)
    writer.u32(0)
    return writer
  }

  /// The bytes with their length filled in.
  func finish(_ writer: consuming WireWriter) -> [UInt8] {
    let length = UInt32(clamping: writer.count - Self.byteCount)
    writer.patch16(UInt16(truncatingIfNeeded: length >> 16), at: Self.lengthOffset)
    writer.patch16(UInt16(truncatingIfNeeded: length), at: Self.lengthOffset + 2)
    return writer.bytes
  }
}
