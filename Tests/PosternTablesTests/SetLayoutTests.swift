// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire
import Testing

@Suite struct SetLayoutTests {
  @Test(
    arguments: [
      ([], nil), ([.port], nil), ([.destinationAddress, .port], nil), ([.sourceAddress, .sourceAddress], nil),
      ([.sourceAddress, .port, .port], nil), ([.sourceAddress], 33),
    ] as [([KeyField], UInt8?)])
  func noLayout(_ fields: [KeyField], _ prefix: UInt8?) { #expect(SetLayout(.ipv4, fields, prefix: prefix) == nil) }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var fields: [KeyField]
    var services: [String]
    var destinations: [String] = []
    var source = "192.0.2.129"
    var prefix: UInt8?
    var keys: [String]
  }

  static let cases: [Case] = [
    Case(
      testDescription: "one element a service", fields: [.sourceAddress, .transport, .port], services: ["tcp/22", "udp/53"],
      keys: ["192.0.2.129 tcp/22", "192.0.2.129 udp/53"]),
    Case(
      testDescription: "the order of the key is no part of what it says", fields: [.port, .transport, .sourceAddress],
      services: ["tcp/22"], keys: ["192.0.2.129 tcp/22"]),
    Case(
      testDescription: "all services are one", fields: [.sourceAddress], services: ["tcp/22", "udp/53", "esp", "tcp/8000-8010"],
      keys: ["192.0.2.129"]),
    Case(
      testDescription: "protocols collapse", fields: [.sourceAddress, .port], services: ["tcp/53", "udp/53", "udp/22"],
      keys: ["192.0.2.129 port 53", "192.0.2.129 port 22"]),
    Case(
      testDescription: "ports collapse", fields: [.transport, .sourceAddress],
      services: ["tcp/53", "udp/53", "tcp/8000-8010", "esp"],
      keys: ["192.0.2.129 tcp", "192.0.2.129 udp", "192.0.2.129 esp"]),
    Case(
      testDescription: "destinations of the family", fields: [.sourceAddress, .destinationAddress, .port],
      services: ["tcp/22", "tcp/80"],
      destinations: ["10.0.0.5", "fd00::5", "10.0.0.6"],
      keys: [
        "192.0.2.129 to 10.0.0.5 port 22", "192.0.2.129 to 10.0.0.6 port 22", "192.0.2.129 to 10.0.0.5 port 80",
        "192.0.2.129 to 10.0.0.6 port 80",
      ]),
    Case(
      testDescription: "destinations that the key does not tell apart", fields: [.sourceAddress, .port], services: ["tcp/22"],
      destinations: ["10.0.0.5", "10.0.0.6"], keys: ["192.0.2.129 port 22"]),
    Case(
      testDescription: "masked", fields: [.sourceAddress, .port], services: ["tcp/22"], prefix: 25,
      keys: ["192.0.2.128/25 port 22"]),
    Case(
      testDescription: "masked IPv6", fields: [.sourceAddress], services: ["tcp/22"], source: "2001:db8:1:2:3::4", prefix: 64,
      keys: ["2001:db8:1:2::/64"]),
    Case(
      testDescription: "protocols of the family", fields: [.sourceAddress, .transport], services: ["icmp", "icmpv6", "tcp/22"],
      keys: ["192.0.2.129 icmp", "192.0.2.129 tcp"]),
    Case(
      testDescription: "protocols of the other family", fields: [.sourceAddress, .transport], services: ["icmp", "icmpv6"],
      source: "2001:db8::1", keys: ["2001:db8::1 icmpv6"]),
  ]

  @Test(arguments: cases) func keysOfALease(_ each: Case) throws {
    let source = try #require(IPAddress(each.source))
    let layout = try #require(SetLayout(source.family, each.fields, prefix: each.prefix))
    let services = try each.services.map { try #require(Service($0)) }
    let destinations = try each.destinations.map { try #require(IPAddress($0)) }
    let keys = try layout.keys(source: source, services: services, destinations: destinations)
    #expect(keys.map(\.description) == each.keys)
  }

  @Test func whatADoorCannotSay() throws {
    let source = try #require(IPAddress("192.0.2.1"))
    let range = try #require(Service("tcp/1-2"))
    let esp = try #require(Service("esp"))
    let ssh = try #require(Service("tcp/22"))
    let other = try #require(Service("icmpv6"))
    let ports = SetLayout.standard(.ipv4)
    let routed = try #require(SetLayout(.ipv4, [.sourceAddress, .destinationAddress]))
    #expect(throws: SetLayout.Misfit.range(range)) { try ports.keys(source: source, services: [ssh, range], destinations: []) }
    #expect(throws: SetLayout.Misfit.noPort(esp)) { try ports.keys(source: source, services: [esp], destinations: []) }
    #expect(throws: SetLayout.Misfit.noDestination) {
      try routed.keys(source: source, services: [ssh], destinations: [.v6(.zero)])
    }
    #expect(throws: SetLayout.Misfit.noService) { try ports.keys(source: source, services: [other], destinations: []) }
    #expect(throws: SetLayout.Misfit.noService) { try ports.keys(source: source, services: [], destinations: []) }
  }
}
