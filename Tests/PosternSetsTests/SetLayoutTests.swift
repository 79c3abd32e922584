// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternTables
import PosternWire
import Testing

/// What is written under a layout against what nft reads, in sets that nft declared.
@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct SetLayoutTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var table: SetReference.Family = .inet
    var type: String
    var family: AddressFamily = .ipv4
    var key: [KeyField]?
    var prefix: UInt8?
    /// As nft writes the elements.
    var elements: [String]

    var testDescription: String { "\(table) \(type)\(prefix.map { " /\($0)" } ?? "")" }
  }

  static let cases: [Case] = [
    Case(type: "type ipv4_addr", elements: ["192.0.2.7"]),
    Case(table: .ip6, type: "type ipv6_addr", family: .ipv6, elements: ["2001:db8:1:2:3::7"]),
    Case(type: "type ipv4_addr", prefix: 24, elements: ["192.0.2.0"]),
    Case(type: "type ipv6_addr", family: .ipv6, prefix: 64, elements: ["2001:db8:1:2::"]),
    Case(table: .ip, type: "type ipv4_addr . inet_service", elements: ["192.0.2.7 22", "192.0.2.7 53"]),
    Case(type: "type inet_service . ipv4_addr", elements: ["22 192.0.2.7", "53 192.0.2.7"]),
    Case(type: "type ipv4_addr . inet_proto", elements: ["192.0.2.7 tcp", "192.0.2.7 udp"]),
    Case(type: "type inet_proto . ipv6_addr", family: .ipv6, elements: ["tcp 2001:db8:1:2:3::7", "udp 2001:db8:1:2:3::7"]),
    Case(
      type: "type ipv4_addr . inet_proto . inet_service",
      elements: ["192.0.2.7 tcp 22", "192.0.2.7 udp 22", "192.0.2.7 udp 53"]),
    Case(
      table: .ip6, type: "type inet_service . inet_proto . ipv6_addr", family: .ipv6, prefix: 48,
      elements: ["22 tcp 2001:db8:1::", "22 udp 2001:db8:1::", "53 udp 2001:db8:1::"]),
    Case(type: "type ipv4_addr . ipv4_addr", elements: ["192.0.2.7 10.0.0.5", "192.0.2.7 10.0.0.6"]),
    Case(
      type: "type ipv4_addr . ipv4_addr", key: [.destinationAddress, .sourceAddress],
      elements: ["10.0.0.5 192.0.2.7", "10.0.0.6 192.0.2.7"]),
    Case(
      type: "type ipv6_addr . inet_service . ipv6_addr", family: .ipv6,
      elements: ["2001:db8:1:2:3::7 22 fd00::5", "2001:db8:1:2:3::7 53 fd00::5"]),
    Case(
      table: .ip, type: "typeof ip daddr . ip saddr . meta l4proto . th dport",
      key: [.destinationAddress, .sourceAddress, .transport, .port], prefix: 16,
      elements: [
        "10.0.0.5 192.0.0.0 tcp 22", "10.0.0.5 192.0.0.0 udp 22", "10.0.0.5 192.0.0.0 udp 53", "10.0.0.6 192.0.0.0 tcp 22",
        "10.0.0.6 192.0.0.0 udp 22", "10.0.0.6 192.0.0.0 udp 53",
      ]),
    Case(
      type: "typeof ip6 saddr . udp dport . ip6 nexthdr", family: .ipv6,
      elements: ["2001:db8:1:2:3::7 22 tcp", "2001:db8:1:2:3::7 22 udp", "2001:db8:1:2:3::7 53 udp"]),
  ]

  @Test(arguments: cases) func nftReadsWhatIsWritten(_ each: Case) throws {
    try Network.isolated {
      let set = SetReference(family: each.table, table: "t", set: "door")
      try Nft.load("table \(each.table) t { set door { \(each.type); flags timeout; }; }")
      var socket = try NftSocket()
      let layout = try socket.definition(of: set).layout(each.family, key: each.key, prefix: each.prefix)
      let parts = try keys(layout)
      var batch = SetBatch()
      let timeout = try #require(Milliseconds(seconds: 60))
      for (tag, part) in parts.enumerated() {
        let key = try #require(ElementKey(part, layout))
        batch.put(SetElement(key: key, timeout: timeout, comment: ElementComment("number-\(tag)")), in: set, tag: tag)
      }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      let listed = try Nft.keys(set)
      #expect(Set(listed.keys) == Set(each.elements) && listed.values.allSatisfy { $0?.hasPrefix("number-") == true })

      let dumped = try socket.elements(of: set).elements.map(\.key)
      #expect(Set(dumped.map { $0.parts(layout) }) == Set(parts), "and back")
      batch.removeAll()
      for key in dumped { batch.remove(key, from: set, tag: 0) }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      #expect(try Nft.keys(set).isEmpty)
    }
  }

  /// What an administrator writes by hand is found by the same parts.
  @Test(arguments: cases) func whatNftWritesIsRead(_ each: Case) throws {
    try Network.isolated {
      let set = SetReference(family: each.table, table: "t", set: "door")
      let elements = each.elements.map { $0.replacing(" ", with: " . ") }.joined(separator: ", ")
      try Nft.load("table \(each.table) t { set door { \(each.type); flags timeout; elements = { \(elements) }; }; }")
      var socket = try NftSocket()
      let layout = try socket.definition(of: set).layout(each.family, key: each.key, prefix: each.prefix)
      #expect(Set(try socket.elements(of: set).elements.map { $0.key.parts(layout) }) == Set(try keys(layout)))
    }
  }

  private func keys(_ layout: SetLayout) throws -> [KeyParts] {
    let source = try #require(IPAddress(layout.family == .ipv4 ? "192.0.2.7" : "2001:db8:1:2:3::7"))
    let services = try ["tcp/22", "udp/22", "udp/53"].map { try #require(Service($0)) }
    let destinations = try ["10.0.0.5", "10.0.0.6", "fd00::5"].map { try #require(IPAddress($0)) }
    return try layout.keys(source: source, services: services, destinations: destinations)
  }
}
