// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The position of a client key in the compiled tables; it also names its user.
package struct KeyIndex: Hashable, Sendable {
  package let value: Int
  package init(_ value: Int) { self.value = value }
}

/// The eight bytes that name a door on the wire: the start of SHA-256("postern door v1" || name).
package struct DoorID: Hashable, Sendable {
  package let value: UInt64
  package init(_ value: UInt64) { self.value = value }
}

/// A decoded, cryptographically valid claim: who, which door, for which addresses, how long, how fresh. Not yet permission.
package struct Knock: Hashable, Sendable {
  package enum Action: UInt8, Hashable, Sendable {
    case open = 1
    case close = 2
  }

  package var knockProtocol: KnockProtocol
  package var id: Bytes16
  package var stamp: Timestamp
  package var key: KeyIndex
  package var action: Action
  /// Nil asks for the user's default door.
  package var door: DoorID?
  package var ipv4: AddressClaim<IPv4Address>
  package var ipv6: AddressClaim<IPv6Address>
  /// Seconds; zero asks for the door's default.
  package var wishedLease: UInt32
  package var totp: UInt32?
  package var addressee: Addressee

  package init(
    knockProtocol: KnockProtocol, id: Bytes16, stamp: Timestamp, key: KeyIndex, action: Action, door: DoorID?,
    ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>, wishedLease: UInt32, totp: UInt32?,
    addressee: Addressee = .first
  ) {
    self.knockProtocol = knockProtocol
    self.id = id
    self.stamp = stamp
    self.key = key
    self.action = action
    self.door = door
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.wishedLease = wishedLease
    self.totp = totp
    self.addressee = addressee
  }
}

/// What a knock claims for one family; the port is the source port that the door may be narrowed to.
package enum AddressClaim<Address: Hashable & Sendable>: Hashable, Sendable {
  case none
  case named(Address, port: Port?)
  /// The address that the packet came from.
  case packetSource(port: Port?)
  /// A named address that must also be the packet's source.
  case bothAgree(Address, port: Port?)

  package var usesPacketSource: Bool { !mode.isSubset(of: .named) }

  /// The way in which the address is named; empty for none.
  package var mode: AddressModes {
    switch self {
    case .none: []
    case .named: .named
    case .packetSource: .packetSource
    case .bothAgree: .agreed
    }
  }
}

/// What a decoder makes of one packet. Refusals are values, so that they can be counted and cost nothing.
package enum Reading: Hashable, Sendable {
  case refused(Denial)
  /// A known key, but its knock cannot be served: worth an audit line in the user's name.
  case refusedKnown(Denial, KeyIndex)
  case knock(Knock)
}
