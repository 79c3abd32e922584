// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// The address that a knock is made for, or from which its gateway sees it come.
enum AddressSetting: Hashable, Sendable {
  /// This host's own on the way to the gateway; the packet's source where a router translates it.
  case automatic
  case source
  case named(IPAddress)

  static let words = "an address, source or auto"

  init?(_ text: String) {
    switch text {
    case "auto": self = .automatic
    case "source": self = .source
    default:
      guard let address = IPAddress(text) else { return nil }
      self = .named(address)
    }
  }

  func ipv4(_ occasion: KnockOccasion) -> AddressClaim<IPv4Address> {
    switch self {
    case .automatic: Route(from: occasion.source, to: occasion.gateway).ipv4 ?? .none
    case .source: occasion.gateway.family == .ipv4 ? .packetSource(port: nil) : .none
    case .named(.v4(let address)): .named(address, port: nil)
    case .named(.v6): .none
    }
  }

  func ipv6(_ occasion: KnockOccasion) -> AddressClaim<IPv6Address> {
    switch self {
    case .automatic: Route(from: occasion.source, to: occasion.gateway).ipv6 ?? .none
    case .source: occasion.gateway.family == .ipv6 ? .packetSource(port: nil) : .none
    case .named(.v6(let address)): .named(address, port: nil)
    case .named(.v4): .none
    }
  }

  /// The address itself, for knocks into which it is calculated.
  func address(_ occasion: KnockOccasion) -> IPAddress {
    switch self {
    case .automatic, .source: occasion.source
    case .named(let address): address
    }
  }
}
