// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternClient
import PosternKnock
import PosternWire
import Testing

@Suite struct SourceAddressesTests {
  private let gateway4 = SocketAddress(.v4(IPv4Address(0xc000_0201)), port: Port(62_201)!)
  private let gateway6 = SocketAddress(.v6(IPv6Address("2001:db8::1")!), port: Port(62_201)!)
  private let own4 = IPv4Address("198.51.100.7")!
  private let own6 = IPv6Address("2001:db8:1::7")!

  private func sources(_ lines: String, _ gateways: [SocketAddress]) throws -> SourceAddresses {
    SourceAddresses(try ProfileTests.profile(ProfileTests.minimal + lines), gateways: gateways) { gateway in
      switch gateway.address {
      case .v4: .v4(own4)
      case .v6: .v6(own6)
      }
    }
  }

  @Test func automaticFollowsTheFamiliesOfTheGateway() throws {
    let both = try sources("", [gateway6, gateway4])
    #expect(both.ipv4 == .named(own4, port: nil) && both.ipv6 == .named(own6, port: nil))
    let only4 = try sources("", [gateway4])
    #expect(only4.ipv4 == .named(own4, port: nil) && only4.ipv6 == .none)
    #expect(both.description == "198.51.100.7, 2001:db8:1::7")
  }

  @Test func namedSourceAndNone() throws {
    let named = try sources("ipv4 = 203.0.113.9\nipv6 = none\n", [gateway6])
    #expect(named.ipv4 == .named(IPv4Address("203.0.113.9")!, port: nil) && named.ipv6 == .none)
    let source = try sources("ipv4 = source\nipv6 = source\n", [])
    #expect(source.ipv4 == .packetSource(port: nil) && source.ipv6 == .packetSource(port: nil))
  }

  @Test func anOpenWithoutAnAddressIsNoWish() throws {
    let empty = try sources("", [])
    #expect(empty.isEmpty)
    #expect(throws: ClientError.self) { try KnockWish(.open, door: nil, lease: 0, sources: empty) }
    #expect(throws: Never.self) { try KnockWish(.close, door: nil, lease: 0, sources: empty) }
  }

  @Test func theRouteToLoopbackStartsAtLoopback() throws {
    let socket = try Loopback.bound(SOCK_DGRAM)
    let local = SourceAddresses.route(to: try Loopback.address(of: socket))
    #expect(local == .v4(IPv4Address(0x7f00_0001)))
  }
}
