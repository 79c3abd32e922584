// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// The way to a gateway: the address of this host that it starts at, and what may be claimed for it.
struct Route: Hashable, Sendable {
  let source: IPAddress
  let gateway: IPAddress

  init(from source: IPAddress, to gateway: IPAddress) {
    self.source = source
    self.gateway = gateway
  }

  /// The source by its name; the packet's source where a router on the way translates it, since only the gateway sees what comes out.
  ///
  /// That is so when this host's address is private and the gateway's is not. Where both are private they most likely share a network,
  /// and the address is named.
  var ipv4: AddressClaim<IPv4Address>? {
    guard case .v4(let source) = source, case .v4(let gateway) = gateway else { return nil }
    return source.isPrivate && !gateway.isPrivate ? .packetSource(port: nil) : .named(source, port: nil)
  }

  /// The source by its name: addresses of this family are seldom translated.
  var ipv6: AddressClaim<IPv6Address>? {
    guard case .v6(let source) = source else { return nil }
    return .named(source, port: nil)
  }
}

extension IPv4Address {
  /// 10/8, 172.16/12 and 192.168/16 (RFC 1918), 100.64/10 (RFC 6598), 169.254/16 (RFC 3927): addresses that no gateway out there sees.
  fileprivate var isPrivate: Bool {
    value >> 24 == 10 || value >> 20 == 0xac1 || value >> 16 == 0xc0a8 || value >> 22 == 0x6440 >> 6 || value >> 16 == 0xa9fe
  }
}
