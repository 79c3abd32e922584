// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The 64 bytes inside a `spa` packet, version 1: what the client asks for. It has one encoding and no slack.
package struct SPAPayload: Hashable, Sendable {
  package static let length = 64
  package static let layout: UInt8 = 1
  package static let largestTOTP: UInt32 = 999_999

  package var action: Knock.Action
  /// Nil asks for the user's default door.
  package var door: DoorID?
  package var ipv4: AddressClaim<IPv4Address>
  package var ipv6: AddressClaim<IPv6Address>
  /// Seconds; zero asks for the door's default.
  package var wishedLease: UInt32
  package var stamp: Timestamp
  package var totp: UInt32?

  package init(
    action: Knock.Action, door: DoorID?, ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>, wishedLease: UInt32,
    stamp: Timestamp, totp: UInt32?
  ) {
    self.action = action
    self.door = door
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.wishedLease = wishedLease
    self.stamp = stamp
    self.totp = totp
  }
}

extension SPAPayload {
  private static let totpFlag: UInt16 = 1 << 4
  private static let knownFlags: UInt16 = 0x1f

  private enum Offset {
    static let layout = 0
    static let type = 1
    static let flags = 2
    static let lease = 4
    static let stamp = 8
    static let door = 16
    static let ipv4 = 24
    static let ipv6 = 28
    static let port4 = 44
    static let port6 = 46
    static let totp = 48
    static let zeros = 52
  }

  package var encoded: [UInt8] {
    let v4 = ipv4.fields(zero: .zero)
    let v6 = ipv6.fields(zero: .zero)
    var writer = WireWriter(capacity: Self.length)
    writer.u8(Self.layout)
    writer.u8(action.rawValue)
    writer.u16(v4.mode.rawValue | v6.mode.rawValue << 2 | (totp == nil ? 0 : Self.totpFlag))
    writer.u32(wishedLease)
    writer.u64(stamp.nanoseconds)
    writer.u64(door?.value ?? 0)
    writer.u32(v4.address.value)
    writer.put(v6.address.bytes)
    writer.u16(v4.port)
    writer.u16(v6.port)
    writer.u32(totp ?? 0)
    writer.zeros(Self.length - Offset.zeros)
    return writer.bytes
  }

  /// Nil for every payload that ``encoded`` would not write, and for an open that names no address.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.length, bytes.byte(Offset.layout) == Self.layout,
      let action = Knock.Action(rawValue: bytes.byte(Offset.type)), Self.endsInZeros(bytes)
    else { return nil }
    let flags = bytes.u16(at: Offset.flags)
    guard flags & ~Self.knownFlags == 0, let ipv4 = Self.ipv4(bytes, flags), let ipv6 = Self.ipv6(bytes, flags),
      Self.hasProperTOTP(bytes, flags), action == .close || ipv4 != .none || ipv6 != .none
    else { return nil }
    let door = bytes.u64(at: Offset.door)
    let totp = flags & Self.totpFlag == 0 ? nil : bytes.u32(at: Offset.totp)
    self.init(
      action: action, door: door == 0 ? nil : DoorID(door), ipv4: ipv4, ipv6: ipv6, wishedLease: bytes.u32(at: Offset.lease),
      stamp: Timestamp(nanoseconds: bytes.u64(at: Offset.stamp)), totp: totp)
  }

  private static func endsInZeros(_ bytes: RawSpan) -> Bool {
    bytes.u32(at: Offset.zeros) == 0 && bytes.u64(at: Offset.zeros + 4) == 0
  }

  private static func ipv4(_ bytes: RawSpan, _ flags: UInt16) -> AddressClaim<IPv4Address>? {
    let address = IPv4Address(bytes.u32(at: Offset.ipv4))
    return SPAAddressMode(rawValue: flags & 3)?.claim(address, port: bytes.u16(at: Offset.port4), zero: .zero)
  }

  private static func ipv6(_ bytes: RawSpan, _ flags: UInt16) -> AddressClaim<IPv6Address>? {
    let address = IPv6Address(Bytes16(bytes, at: Offset.ipv6))
    return SPAAddressMode(rawValue: flags >> 2 & 3)?.claim(address, port: bytes.u16(at: Offset.port6), zero: .zero)
  }

  private static func hasProperTOTP(_ bytes: RawSpan, _ flags: UInt16) -> Bool {
    let field = bytes.u32(at: Offset.totp)
    return flags & totpFlag == 0 ? field == 0 : field <= largestTOTP
  }
}
