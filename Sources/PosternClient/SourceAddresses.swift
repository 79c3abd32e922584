// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The addresses that a knock asks the gateway to admit, decided once for all knocks of a wish.
package struct SourceAddresses: Hashable, Sendable, CustomStringConvertible {
  package var ipv4: AddressClaim<IPv4Address>
  package var ipv6: AddressClaim<IPv6Address>

  package init(ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }

  /// Follows the profile's choices; `local` answers with the local address of the route to a gateway address.
  package init(_ profile: Profile, gateways: [SocketAddress], local: (SocketAddress) -> IPAddress?) {
    let routes = gateways.compactMap { gateway in local(gateway).map { Route(from: $0, to: gateway.address) } }
    ipv4 = Self.claim(profile.ipv4) { routes.compactMap(\.ipv4).first }
    ipv6 = Self.claim(profile.ipv6) { routes.compactMap(\.ipv6).first }
  }

  package var isEmpty: Bool { ipv4 == .none && ipv6 == .none }

  /// What of it a knock over `family` can bring about. A packet of one family shows no source of the other; a gateway would skip that
  /// claim, and hold the whole knock to the narrow window of those that take the packet's source.
  package func over(_ family: AddressFamily) -> SourceAddresses {
    switch family {
    case .ipv4: SourceAddresses(ipv4: ipv4, ipv6: ipv6.usesPacketSource ? .none : ipv6)
    case .ipv6: SourceAddresses(ipv4: ipv4.usesPacketSource ? .none : ipv4, ipv6: ipv6)
    }
  }

  package var description: String {
    let families = [Self.text(ipv4, source: "the packet's IPv4 source"), Self.text(ipv6, source: "the packet's IPv6 source")]
    return families.compactMap(\.self).joined(separator: ", ")
  }

  /// The local address by the routing table of this host.
  package static func route(to gateway: SocketAddress) -> IPAddress? {
    guard let socket = try? UDPSocket(gateway.address.family) else { return nil }
    return socket.localAddress(toward: gateway)
  }

  private static func claim<Address>(
    _ choice: AddressChoice<Address>, automatic: () -> AddressClaim<Address>?
  ) -> AddressClaim<Address> {
    switch choice {
    case .named(let address): .named(address, port: nil)
    case .automatic: automatic() ?? .none
    case .packetSource: .packetSource(port: nil)
    case .none: .none
    }
  }

  private static func text<Address: CustomStringConvertible>(_ claim: AddressClaim<Address>, source: String) -> String? {
    switch claim {
    case .none: nil
    case .named(let address, _), .bothAgree(let address, _): address.description
    case .packetSource: source
    }
  }
}
