// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What the gate asks of the keeper for one accepted knock: mostly to open a door for these addresses in this key's name.
package struct Grant: Hashable, Sendable {
  package enum Action: UInt8, Hashable, Sendable {
    case open = 1
    case close = 2
    /// Starts an action of the configuration.
    case run = 3
    /// As ``open``, at a door whose sets a rule drops by.
    case ban = 4
  }

  package var action: Action
  package var key: KeyIndex
  /// The door as an index into the compiled tables; of ``Action/run`` the action.
  package var door: Int
  package var ipv4: Endpoint<IPv4Address>?
  package var ipv6: Endpoint<IPv6Address>?
  /// Seconds, already cut to the door's and the user's limits.
  package var lease: UInt32
  package var knock: Bytes16
  package var notes: Notes
  package var addressee: Addressee

  package init(
    action: Action, key: KeyIndex, door: Int, ipv4: Endpoint<IPv4Address>?, ipv6: Endpoint<IPv6Address>?, lease: UInt32,
    knock: Bytes16, notes: Notes, addressee: Addressee = .first
  ) {
    self.action = action
    self.key = key
    self.door = door
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.lease = lease
    self.knock = knock
    self.notes = notes
    self.addressee = addressee
  }

  /// An admitted address and, where the door is narrowed to it, the source port.
  package struct Endpoint<Address: Hashable & Sendable>: Hashable, Sendable {
    package var address: Address
    package var port: Port?

    package init(_ address: Address, port: Port? = nil) {
      self.address = address
      self.port = port
    }
  }

  /// What the audit says besides the grant itself.
  package struct Notes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The wished lease was longer than allowed.
    package static let leaseCut = Notes(rawValue: 1 << 0)
    /// An address was taken from the packet's source.
    package static let packetSource = Notes(rawValue: 1 << 1)
    /// The door's sets have no source port: the knock's was ignored.
    package static let sourcePortIgnored = Notes(rawValue: 1 << 2)
    /// A family of mode 2 was skipped, since the packet came over the other.
    package static let familySkipped = Notes(rawValue: 1 << 3)
    /// The door has no set for a family that was named.
    package static let familyNotServed = Notes(rawValue: 1 << 4)
  }
}
