// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// One netlink message (struct nlmsghdr of linux/netlink.h; its integers are in host order), its body borrowed.
struct NetlinkMessage: ~Escapable {
  static let headerLength = 16

  let type: UInt16
  let sequence: UInt32
  let body: RawSpan

  /// Nil when the header does not fit or its length lies.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= Self.headerLength else { return nil }
    let length = Int(bytes.hostU32(at: 0))
    guard length >= Self.headerLength, length <= bytes.byteCount else { return nil }
    type = bytes.hostU16(at: 4)
    sequence = bytes.hostU32(at: 8)
    body = bytes.extracting(Self.headerLength..<length)
  }

  /// The bytes to the next message.
  var stride: Int { netlinkAligned(Self.headerLength + body.byteCount) }
}

/// One netlink attribute (struct nlattr), its value borrowed.
struct NetlinkAttribute: ~Escapable {
  static let headerLength = 4
  /// The two upper bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
  private static let typeMask: UInt16 = 0x3fff

  let type: UInt16
  let value: RawSpan

  /// Nil when the header does not fit or its length lies.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= Self.headerLength else { return nil }
    let length = Int(bytes.hostU16(at: 0))
    guard length >= Self.headerLength, length <= bytes.byteCount else { return nil }
    type = bytes.hostU16(at: 2) & Self.typeMask
    value = bytes.extracting(Self.headerLength..<length)
  }

  /// The bytes to the next attribute.
  var stride: Int { netlinkAligned(Self.headerLength + value.byteCount) }
}

/// Messages and attributes start at multiples of four bytes.
private func netlinkAligned(_ length: Int) -> Int { (length + 3) & ~3 }

extension RawSpan {
  /// What follows `count` bytes; nothing when there are fewer, as behind a last element without padding.
  @_lifetime(copy self)
  func after(_ count: Int) -> RawSpan { extracting(droppingFirst: min(count, byteCount)) }

  /// The host-order number at `offset`; the caller has checked the length.
  func hostU16(at offset: Int) -> UInt16 { u16(at: offset).bigEndian }

  /// The host-order number at `offset`; the caller has checked the length.
  func hostU32(at offset: Int) -> UInt32 { u32(at: offset).bigEndian }
}
