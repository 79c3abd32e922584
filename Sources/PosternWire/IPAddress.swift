// SPDX-License-Identifier: Apache-2.0

/// The two families that a door can have.
package enum AddressFamily: UInt8, Hashable, Sendable, CaseIterable {
  case ipv4 = 4
  case ipv6 = 6

  /// Bits of an address.
  package var width: UInt8 {
    switch self {
    case .ipv4: 32
    case .ipv6: 128
    }
  }
}

/// An address of either family.
package enum IPAddress: Hashable, Sendable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  package var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }
}

extension IPAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }

  package init?(_ text: some StringProtocol) {
    if let v4 = IPv4Address(text) {
      self = .v4(v4)
    } else if let v6 = IPv6Address(text) {
      self = .v6(v6)
    } else {
      return nil
    }
  }
}
