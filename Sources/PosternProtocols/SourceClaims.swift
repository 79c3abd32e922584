// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// What a knock claims that says nothing of addresses: whatever its packet came from.
extension IPAddress {
  var claim4: AddressClaim<IPv4Address> {
    switch self {
    case .v4: .packetSource(port: nil)
    case .v6: .none
    }
  }

  var claim6: AddressClaim<IPv6Address> {
    switch self {
    case .v4: .none
    case .v6: .packetSource(port: nil)
    }
  }
}

/// What a knock claims whose proof covers this address.
extension IPAddress {
  var named4: AddressClaim<IPv4Address> {
    switch self {
    case .v4(let address): .named(address, port: nil)
    case .v6: .none
    }
  }

  var named6: AddressClaim<IPv6Address> {
    switch self {
    case .v4: .none
    case .v6(let address): .named(address, port: nil)
    }
  }
}
