// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternTables
import PosternWire
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct SetDefinitionTests {
  @Test func definitionAsDeclared() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let definition = try socket.definition(of: door4)
      #expect(definition.keyType.number == 29453 && definition.keyType.description == "ipv4_addr . inet_proto . inet_service")
      #expect(definition.keyLength == 12 && definition.size == 4096 && definition.dataType == nil)
      #expect(definition.flags.isSuperset(of: .timeout) && definition.flags.isDisjoint(with: [.interval, .map, .dynamic]))
      #expect(definition.defaultTimeout == nil)
      try Nft.load("table ip6 d { map m { type ipv6_addr : mark; flags timeout,dynamic; timeout 90s; }; }")
      let map = try socket.definition(of: SetReference(family: .ip6, table: "d", set: "m"))
      #expect(map.flags.isSuperset(of: [.map, .timeout, .dynamic]) && map.dataType == 19 && map.size == nil)
      #expect(map.defaultTimeout == 90_000)
      #expect(throws: SetError.missing) { try socket.definition(of: SetReference(family: .ip, table: "d", set: "m")) }
      #expect(try socket.definition(of: door6).keyLength == 24)
    }
  }

  static let suiting: [(String, AddressFamily, [KeyField])] = [
    ("type ipv4_addr . inet_proto . inet_service; flags timeout;", .ipv4, [.sourceAddress, .transport, .port]),
    ("type ipv6_addr . inet_proto . inet_service; flags timeout;", .ipv6, [.sourceAddress, .transport, .port]),
    (
      "type ipv4_addr . inet_proto . inet_service; flags dynamic,timeout; timeout 5m; size 9; counter;", .ipv4,
      [.sourceAddress, .transport, .port]
    ),
    ("type ipv4_addr; flags timeout;", .ipv4, [.sourceAddress]), ("type ipv6_addr; flags timeout;", .ipv6, [.sourceAddress]),
    ("type ipv4_addr . inet_service; flags timeout;", .ipv4, [.sourceAddress, .port]),
    ("type inet_service . ipv6_addr; flags timeout;", .ipv6, [.port, .sourceAddress]),
    ("type ipv4_addr . inet_service . inet_proto; flags timeout;", .ipv4, [.sourceAddress, .port, .transport]),
    ("type inet_proto . ipv4_addr; flags timeout;", .ipv4, [.transport, .sourceAddress]),
    ("type ipv4_addr . ipv4_addr; flags timeout;", .ipv4, [.sourceAddress, .destinationAddress]),
    (
      "type ipv6_addr . inet_proto . ipv6_addr . inet_service; flags timeout;", .ipv6,
      [.sourceAddress, .transport, .destinationAddress, .port]
    ),
    ("typeof ip saddr . tcp dport; flags timeout;", .ipv4, [.sourceAddress, .port]),
    ("typeof ip6 saddr . ip6 daddr . meta l4proto; flags timeout;", .ipv6, [.sourceAddress, .destinationAddress, .transport]),
    ("typeof ip saddr . ip protocol . th dport; flags timeout;", .ipv4, [.sourceAddress, .transport, .port]),
  ]

  @Test(arguments: suiting)
  func layouts(_ declaration: String, _ family: AddressFamily, _ fields: [KeyField]) throws {
    try Network.isolated {
      try Nft.load("table inet d { set s { \(declaration) }; }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .inet, table: "d", set: "s"))
      #expect(try definition.layout(family) == SetLayout(family, fields))
    }
  }

  @Test func theConfigurationSaysWhichAddressIsWhich() throws {
    try Network.isolated {
      try Nft.load("table ip d { set s { type ipv4_addr . ipv4_addr . inet_service; flags timeout; }; }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .ip, table: "d", set: "s"))
      let turned: [KeyField] = [.destinationAddress, .sourceAddress, .port]
      #expect(try definition.layout(.ipv4, key: turned, prefix: 24) == SetLayout(.ipv4, turned, prefix: 24))
      let other: [KeyField] = [.sourceAddress, .port]
      #expect(throws: SetMisfit.otherKey(definition.keyType, configured: other)) { try definition.layout(.ipv4, key: other) }
    }
  }

  static let misfits: [(String, AddressFamily, SetMisfit)] = [
    ("set s { type ipv4_addr . inet_proto . inet_service; flags timeout; }", .ipv6, .key(SetKeyType(29453), .ipv6)),
    ("set s { type inet_service; flags timeout; }", .ipv4, .key(SetKeyType(13), .ipv4)),
    ("set s { type ipv4_addr . mark; flags timeout; }", .ipv4, .key(SetKeyType(7 << 6 | 19), .ipv4)),
    ("set s { type ipv4_addr . ipv6_addr; flags timeout; }", .ipv4, .key(SetKeyType(7 << 6 | 8), .ipv4)),
    (
      "set s { type ipv4_addr . inet_service . inet_service . inet_service; flags timeout; }", .ipv4,
      .key(SetKeyType(1_889_101), .ipv4)
    ),
    ("set s { type ipv4_addr . ipv4_addr . ipv4_addr; flags timeout; }", .ipv4, .key(SetKeyType(29127), .ipv4)),
    ("set s { type ipv4_addr . inet_proto . inet_service; }", .ipv4, .noTimeouts),
    ("set s { type ipv4_addr; flags interval,timeout; }", .ipv4, .interval),
    ("map s { type ipv4_addr : verdict; flags timeout; }", .ipv4, .map),
    ("map s { type ipv4_addr . inet_proto . inet_service : mark; flags timeout; }", .ipv4, .map),
  ]

  @Test(arguments: misfits)
  func refused(_ declaration: String, _ family: AddressFamily, _ wanted: SetMisfit) throws {
    try Network.isolated {
      try Nft.load("table inet d { \(declaration); }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .inet, table: "d", set: "s"))
      #expect(throws: wanted) { try definition.layout(family) }
    }
  }

  /// `typeof` gives the same numbers as `type`.
  @Test func typeofSuitsToo() throws {
    try Network.isolated {
      try Nft.load("table inet d { set s { typeof ip saddr . meta l4proto . th dport; flags timeout; }; }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .inet, table: "d", set: "s"))
      #expect(try definition.layout(.ipv4) == .standard(.ipv4))
      #expect(socket.put(try element("192.0.2.1"), SetReference(family: .inet, table: "d", set: "s")) == .applied)
      #expect(try Nft.elements(SetReference(family: .inet, table: "d", set: "s")).map(\.port) == [22])
    }
  }
}

@Suite struct SetMisfitTests {
  @Test func wordsForOperators() {
    #expect(
      SetMisfit.key(SetKeyType(7 << 6 | 19), .ipv6).description
        == "its key is ipv4_addr . mark, and a door's is made of ipv6_addr (the source's, and perhaps the destination's), inet_proto and "
        + "inet_service (the port's, and perhaps the source port's before it)")
    #expect(
      SetMisfit.otherKey(SetKeyType(7), configured: [.sourceAddress, .port]).description
        == "its key is ipv4_addr, and the configuration says source-address . port")
    #expect(SetKeyType(41).description == "type 41")
  }
}
