// SPDX-License-Identifier: Apache-2.0
import CNftnl
import PosternWire

/// Walks netlink attributes inside a range of a datagram. It holds positions only: the bytes are passed to each call.
struct AttributeCursor {
  /// One attribute; libmnl has checked that its payload lies inside the range.
  struct Attribute {
    let type: UInt16
    let payload: Range<Int>

    /// The attributes nested in this one.
    var nested: AttributeCursor { AttributeCursor(payload) }

    /// Nil unless the payload is exactly one big-endian 32-bit number, as nftables writes them.
    func u32(in datagram: RawSpan) -> UInt32? { payload.count == 4 ? datagram.u32(at: payload.lowerBound) : nil }

    /// Nil unless the payload is exactly one big-endian 64-bit number.
    func u64(in datagram: RawSpan) -> UInt64? { payload.count == 8 ? datagram.u64(at: payload.lowerBound) : nil }

    func bytes(in datagram: RawSpan) -> [UInt8] { datagram.extracting(payload).copied() }

    /// The text before the first zero, or all of it; what is not UTF-8 becomes U+FFFD.
    func text(in datagram: RawSpan) -> String { String(decoding: bytes(in: datagram).prefix { $0 != 0 }, as: UTF8.self) }
  }

  private var offset: Int
  private let end: Int

  init(_ range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  /// Nil at the end and at an attribute that claims more bytes than there are.
  mutating func next(in datagram: RawSpan) -> Attribute? {
    var found = postern_attribute()
    let isThere = unsafe datagram.withUnsafeBytes { unsafe postern_attribute_at($0.baseAddress, end, offset, &found) }
    guard isThere else { return nil }
    offset = found.next
    return Attribute(type: found.type, payload: found.payload..<found.end)
  }
}
