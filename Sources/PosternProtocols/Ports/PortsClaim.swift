// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a sealed port sequence asks for: the plain text of its envelope, ten bytes for an IPv4 address and 22 for an IPv6 address. It has
/// one encoding and no slack.
package struct PortsClaim: Hashable, Sendable {
  /// The address of one family, which also tells the length.
  package enum Address: Hashable, Sendable {
    case v4(AddressClaim<IPv4Address>)
    case v6(AddressClaim<IPv6Address>)

    package var family: AddressFamily {
      switch self {
      case .v4: .ipv4
      case .v6: .ipv6
      }
    }
  }

  package var action: Knock.Action
  /// Nil asks for the key's own door.
  package var service: Service?
  package var address: Address
  /// Seconds; zero asks for the door's default.
  package var wishedLease: UInt16

  package init(action: Knock.Action, service: Service?, address: Address, wishedLease: UInt16 = 0) {
    self.action = action
    self.service = service
    self.address = address
    self.wishedLease = wishedLease
  }
}

extension PortsClaim {
  private static let layout: UInt8 = 1
  private static let addressOffset = 6

  /// The number of a family's form in hints: its version of IP.
  package static func form(_ family: AddressFamily) -> UInt8 { family.rawValue }

  package static func length(_ family: AddressFamily) -> Int { addressOffset + Int(family.width) / 8 }

  package static func envelopeLength(_ family: AddressFamily) -> Int { SealedEnvelope.overhead + length(family) }

  package var encoded: [UInt8] {
    var writer = WireWriter(capacity: Self.length(address.family))
    switch address {
    case .v4(let claim):
      let fields = claim.fields(zero: .zero)
      put(fields.mode, into: &writer)
      writer.u32(fields.address.value)
    case .v6(let claim):
      let fields = claim.fields(zero: .zero)
      put(fields.mode, into: &writer)
      writer.put(fields.address.bytes)
    }
    return writer.bytes
  }

  private func put(_ mode: SPAAddressMode, into writer: inout WireWriter) {
    writer.u8(Self.layout << 6 | action.rawValue << 4 | UInt8(truncatingIfNeeded: mode.rawValue))
    writer.u8(service?.transport.rawValue ?? 0)
    writer.u16(service?.port?.number ?? 0)
    writer.u16(wishedLease)
  }

  /// Nil for every plain text that ``encoded`` would not write, and for one that names no address.
  package init?(_ bytes: RawSpan, family: AddressFamily) {
    guard bytes.byteCount == Self.length(family) else { return nil }
    let head = bytes.byte(0)
    guard head >> 6 == Self.layout, head & 0x0c == 0, let action = Knock.Action(rawValue: head >> 4 & 3),
      let mode = SPAAddressMode(rawValue: UInt16(head & 3)), mode != .none,
      let service = Self.service(bytes.byte(1), bytes.u16(at: 2)), let address = Self.address(bytes, mode, family)
    else { return nil }
    self.init(action: action, service: service.value, address: address, wishedLease: bytes.u16(at: 4))
  }

  private static func address(_ bytes: RawSpan, _ mode: SPAAddressMode, _ family: AddressFamily) -> Address? {
    switch family {
    case .ipv4: mode.claim(IPv4Address(bytes.u32(at: addressOffset)), port: 0, zero: .zero).map { .v4($0) }
    case .ipv6: mode.claim(IPv6Address(Bytes16(bytes, at: addressOffset)), port: 0, zero: .zero).map { .v6($0) }
    }
  }

  /// Nil for what names no service and is not nothing either.
  private static func service(_ number: UInt8, _ port: UInt16) -> (value: Service?, Void)? {
    if number == 0, port == 0 { return (nil, ()) }
    return Service(number: number, port: port).map { ($0, ()) }
  }
}
