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

  static let declarations: [(String, AddressFamily, SetMisfit?)] = [
    ("set s { type ipv4_addr . inet_proto . inet_service; flags timeout; }", .ipv4, nil),
    ("set s { type ipv6_addr . inet_proto . inet_service; flags timeout; }", .ipv6, nil),
    ("set s { type ipv4_addr . inet_proto . inet_service; flags dynamic,timeout; timeout 5m; size 9; counter; }", .ipv4, nil),
    ("set s { type ipv4_addr . inet_proto . inet_service; flags timeout; }", .ipv6, .key(SetKeyType(29453), wanted: .ipv6)),
    ("set s { type ipv4_addr . inet_service; flags timeout; }", .ipv4, .key(SetKeyType(7 << 6 | 13), wanted: .ipv4)),
    (
      "set s { type ipv4_addr . inet_service . inet_proto; flags timeout; }", .ipv4,
      .key(SetKeyType(7 << 12 | 13 << 6 | 12), wanted: .ipv4)
    ),
    ("set s { type ipv4_addr; flags timeout; }", .ipv4, .key(SetKeyType(7), wanted: .ipv4)),
    ("set s { type ipv4_addr . inet_proto . inet_service; }", .ipv4, .noTimeouts),
    ("set s { type ipv4_addr . inet_proto . inet_service; flags interval,timeout; }", .ipv4, .interval),
    ("map s { type ipv4_addr . inet_proto . inet_service : mark; flags timeout; }", .ipv4, .map),
    ("map s { type ipv4_addr . inet_proto . inet_service : verdict; flags timeout; }", .ipv4, .map),
  ]

  @Test(arguments: declarations)
  func suits(_ declaration: String, _ family: AddressFamily, _ wanted: SetMisfit?) throws {
    try Network.isolated {
      try Nft.load("table inet d { \(declaration); }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .inet, table: "d", set: "s"))
      #expect(misfit(definition, family) == wanted)
    }
  }

  private func misfit(_ definition: SetDefinition, _ family: AddressFamily) -> SetMisfit? {
    do {
      try definition.checkSuits(family)
      return nil
    } catch {
      return error
    }
  }

  /// `typeof` gives the same numbers as `type`.
  @Test func typeofSuitsToo() throws {
    try Network.isolated {
      try Nft.load("table inet d { set s { typeof ip saddr . meta l4proto . th dport; flags timeout; }; }")
      var socket = try NftSocket()
      let definition = try socket.definition(of: SetReference(family: .inet, table: "d", set: "s"))
      try definition.checkSuits(.ipv4)
      #expect(socket.put(try element("192.0.2.1"), SetReference(family: .inet, table: "d", set: "s")) == .applied)
      #expect(try Nft.elements(SetReference(family: .inet, table: "d", set: "s")).map(\.port) == [22])
    }
  }
}

@Suite struct SetMisfitTests {
  @Test func wordsForOperators() {
    let misfit = SetMisfit.key(SetKeyType(7 << 6 | 13), wanted: .ipv6)
    #expect(
      misfit.description == "its key is ipv4_addr . inet_service, and the door needs ipv6_addr . inet_proto . inet_service")
    #expect(SetKeyType(41).description == "type 41")
  }
}
