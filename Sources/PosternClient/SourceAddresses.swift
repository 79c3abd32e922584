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
    let routes = gateways.lazy.compactMap(local)
    ipv4 = Self.claim(profile.ipv4) { routes.compactMap { if case .v4(let address) = $0 { address } else { nil } }.first }
    ipv6 = Self.claim(profile.ipv6) { routes.compactMap { if case .v6(let address) = $0 { address } else { nil } }.first }
  }

  package var isEmpty: Bool { ipv4 == .none && ipv6 == .none }

  package var description: String {
    let families = [Self.text(ipv4, source: "the IPv4 source"), Self.text(ipv6, source: "the IPv6 source")]
    return families.compactMap(\.self).joined(separator: ", ")
  }

  /// The local address by the routing table of this host.
  package static func route(to gateway: SocketAddress) -> IPAddress? {
    guard let socket = try? UDPSocket(gateway.address.family) else { return nil }
    return socket.localAddress(toward: gateway)
  }

  private static func claim<Address>(_ choice: AddressChoice<Address>, automatic: () -> Address?) -> AddressClaim<Address> {
    switch choice {
    case .named(let address): .named(address, port: nil)
    case .automatic: automatic().map { .named($0, port: nil) } ?? .none
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
