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

/// A decoded, valid claim: who, what he wants, for which addresses, how long, how fresh. Not yet permission.
package struct Knock: Hashable, Sendable {
  package enum Action: UInt8, Hashable, Sendable {
    case open = 1
    case close = 2
  }

  /// What a knock asks for.
  package enum Wish: Hashable, Sendable {
    /// Nil is the key's own door, or else the user's default door.
    case door(DoorID?)
    /// Each by a door that serves it; several doors may be meant.
    case services([Service])
    /// A service at a door that leads just there.
    case forward(Service, to: ForwardTarget)
    /// The text of a command: it has to be that of an action which the user may start.
    case command([UInt8])
  }

  package var knockProtocol: KnockProtocol
  package var id: Bytes16
  package var stamp: Timestamp
  package var key: KeyIndex
  package var action: Action
  package var wish: Wish
  package var ipv4: AddressClaim<IPv4Address>
  package var ipv6: AddressClaim<IPv6Address>
  /// Seconds; zero asks for the door's default.
  package var wishedLease: UInt32
  package var totp: UInt32?
  package var addressee: Addressee
  /// What it proves: the protocol's strength, or that of the form of it which the key uses.
  package var strength: Strength
  /// Why it opens nothing although it is real: what its key does not permit. It is spent all the same.
  package var flaw: Denial?
  package var oneTime = OneTimeClaim.none

  package init(
    knockProtocol: KnockProtocol, id: Bytes16, stamp: Timestamp, key: KeyIndex, action: Action, wish: Wish,
    ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>, wishedLease: UInt32 = 0, totp: UInt32? = nil,
    addressee: Addressee = .first, strength: Strength? = nil, flaw: Denial? = nil
  ) {
    self.knockProtocol = knockProtocol
    self.id = id
    self.stamp = stamp
    self.key = key
    self.action = action
    self.wish = wish
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.wishedLease = wishedLease
    self.totp = totp
    self.addressee = addressee
    self.strength = strength ?? knockProtocol.strength
    self.flaw = flaw
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
  /// A part of a knock of several packets that is not complete yet.
  case step
  case knock(Knock)
}
