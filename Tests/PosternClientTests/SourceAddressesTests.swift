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

  struct Way: Sendable {
    var from: String
    var to: String
    var isTranslated: Bool
  }

  /// Both ends of each private range, and what lies beside it.
  static let ways: [Way] = [
    .init(from: "10.0.0.0", to: "203.0.113.1", isTranslated: true),
    .init(from: "10.255.255.255", to: "203.0.113.1", isTranslated: true),
    .init(from: "9.255.255.255", to: "203.0.113.1", isTranslated: false),
    .init(from: "11.0.0.0", to: "203.0.113.1", isTranslated: false),
    .init(from: "172.16.0.0", to: "203.0.113.1", isTranslated: true),
    .init(from: "172.31.255.255", to: "203.0.113.1", isTranslated: true),
    .init(from: "172.15.255.255", to: "203.0.113.1", isTranslated: false),
    .init(from: "172.32.0.0", to: "203.0.113.1", isTranslated: false),
    .init(from: "192.168.0.0", to: "203.0.113.1", isTranslated: true),
    .init(from: "192.168.255.255", to: "203.0.113.1", isTranslated: true),
    .init(from: "192.167.255.255", to: "203.0.113.1", isTranslated: false),
    .init(from: "192.169.0.0", to: "203.0.113.1", isTranslated: false),
    .init(from: "100.64.0.0", to: "203.0.113.1", isTranslated: true),
    .init(from: "100.127.255.255", to: "203.0.113.1", isTranslated: true),
    .init(from: "100.63.255.255", to: "203.0.113.1", isTranslated: false),
    .init(from: "100.128.0.0", to: "203.0.113.1", isTranslated: false),
    .init(from: "169.254.0.0", to: "203.0.113.1", isTranslated: true),
    .init(from: "169.254.255.255", to: "203.0.113.1", isTranslated: true),
    .init(from: "169.253.255.255", to: "203.0.113.1", isTranslated: false),
    .init(from: "169.255.0.0", to: "203.0.113.1", isTranslated: false),
    .init(from: "10.1.2.3", to: "10.1.2.1", isTranslated: false),
    .init(from: "10.1.2.3", to: "192.168.1.1", isTranslated: false),
    .init(from: "100.64.0.7", to: "100.99.0.1", isTranslated: false),
    .init(from: "198.51.100.7", to: "10.0.0.1", isTranslated: false),
    .init(from: "127.0.0.1", to: "127.0.0.1", isTranslated: false),
    .init(from: "fd77::2", to: "2001:db8::1", isTranslated: false),
  ]

  @Test(arguments: ways) func automaticLeavesATranslatedAddressToTheGateway(_ way: Way) throws {
    let (from, to) = (try #require(IPAddress(way.from)), try #require(IPAddress(way.to)))
    let profile = try ProfileTests.profile(ProfileTests.minimal)
    let found = SourceAddresses(profile, gateways: [SocketAddress(to, port: profile.port)]) { _ in from }
    switch from {
    case .v4(let own):
      #expect(found.ipv4 == (way.isTranslated ? .packetSource(port: nil) : .named(own, port: nil)) && found.ipv6 == .none)
    case .v6(let own): #expect(found.ipv6 == .named(own, port: nil) && found.ipv4 == .none)
    }
  }

  @Test func aChoiceOfTheProfileIsNotReconsidered() throws {
    let profile = try ProfileTests.profile(ProfileTests.minimal + "ipv4 = 10.0.0.2\n")
    let found = SourceAddresses(profile, gateways: [gateway4]) { _ in .v4(IPv4Address("10.0.0.2")!) }
    #expect(found.ipv4 == .named(IPv4Address("10.0.0.2")!, port: nil))
  }

  @Test func eachFamilyBearsWhatItCanBringAbout() throws {
    let translated = SourceAddresses(ipv4: .packetSource(port: nil), ipv6: .named(own6, port: nil))
    #expect(translated.over(.ipv4) == translated)
    #expect(translated.over(.ipv6) == SourceAddresses(ipv4: .none, ipv6: translated.ipv6))
    let sources = SourceAddresses(ipv4: .packetSource(port: nil), ipv6: .packetSource(port: nil))
    #expect(sources.over(.ipv4) == SourceAddresses(ipv4: sources.ipv4, ipv6: .none))
    #expect(sources.over(.ipv6) == SourceAddresses(ipv4: .none, ipv6: sources.ipv6))
    let named = SourceAddresses(ipv4: .named(own4, port: nil), ipv6: .named(own6, port: nil))
    #expect(named.over(.ipv4) == named && named.over(.ipv6) == named)
  }

  /// A close without an address closes everything; one that lost its address on the way must not be sent.
  @Test func aWishThatAFamilyCannotServeIsNoWish() throws {
    let source = SourceAddresses(ipv4: .packetSource(port: nil), ipv6: .none)
    for action in [Knock.Action.open, .close] {
      let wish = try KnockWish(action, door: nil, lease: 0, sources: source)
      #expect(wish.over(.ipv4) == wish && wish.over(.ipv6) == nil)
    }
    let everything = try KnockWish(.close, door: nil, lease: 0, sources: SourceAddresses(ipv4: .none, ipv6: .none))
    #expect(everything.over(.ipv4) == everything && everything.over(.ipv6) == everything)
  }

  @Test func theRouteToLoopbackStartsAtLoopback() throws {
    let socket = try Loopback.bound(SOCK_DGRAM)
    let local = SourceAddresses.route(to: try Loopback.address(of: socket))
    #expect(local == .v4(IPv4Address(0x7f00_0001)))
  }
}
