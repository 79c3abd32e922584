// SPDX-License-Identifier: Apache-2.0

/// Sixteen bytes as a value without a heap allocation: tags, knock ids, IPv6 addresses on the wire.
package struct Bytes16: Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The first 16 of `bytes`; the caller has checked the length.
  package init(_ bytes: RawSpan, at offset: Int = 0) {
    self.init(high: bytes.u64(at: offset), low: bytes.u64(at: offset + 8))
  }

  /// Nil unless there are exactly 16 bytes.
  package init?(_ array: [UInt8]) {
    guard array.count == 16 else { return nil }
    self = array.withBytes { Bytes16($0) }
  }

  package static let zero = Bytes16(high: 0, low: 0)
  package var array: [UInt8] {
    var writer = WireWriter(capacity: 16)
    writer.put(self)
    return writer.bytes
  }
}

/// Thirty-two bytes as a value without a heap allocation: public keys, hashes. Secrets live in PosternCrypto's own types.
package struct Bytes32: Hashable, Sendable {
  package var high: Bytes16
  package var low: Bytes16

  package init(high: Bytes16, low: Bytes16) {
    self.high = high
    self.low = low
  }

  /// The first 32 of `bytes`; the caller has checked the length.
  package init(_ bytes: RawSpan, at offset: Int = 0) {
    self.init(high: Bytes16(bytes, at: offset), low: Bytes16(bytes, at: offset + 16))
  }

  /// Nil unless there are exactly 32 bytes.
  package init?(_ array: [UInt8]) {
    guard array.count == 32 else { return nil }
    self = array.withBytes { Bytes32($0) }
  }

  package static let zero = Bytes32(high: .zero, low: .zero)
  package var array: [UInt8] {
    var writer = WireWriter(capacity: 32)
    writer.put(self)
    return writer.bytes
  }
}

extension WireReader {
  package mutating func bytes16() throws(WireError) -> Bytes16 { Bytes16(high: try u64(), low: try u64()) }
  package mutating func bytes32() throws(WireError) -> Bytes32 { Bytes32(high: try bytes16(), low: try bytes16()) }
}

extension WireWriter {
  package mutating func put(_ value: Bytes16) {
    u64(value.high)
    u64(value.low)
  }

  package mutating func put(_ value: Bytes32) {
    put(value.high)
    put(value.low)
  }
}
