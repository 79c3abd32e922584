// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternSets
import PosternTables
import PosternWire
import Testing

/// Maps that lead flows elsewhere, in a kernel.
@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct MapTests {
  private static let key4 = "type ipv4_addr . inet_proto . inet_service"
  private static let key6 = "type ipv6_addr . inet_proto . inet_service"
  private static let maps = """
    table inet t {
      map hosts4 { \(key4) : ipv4_addr . inet_service; flags timeout; size 8; }
      map hosts6 { \(key6) : ipv6_addr . inet_service; flags timeout; }
      map plain4 { \(key4) : ipv4_addr; flags timeout; }
      map plain6 { type ipv6_addr : ipv6_addr; flags timeout; }
      map ports { \(key4) : inet_service; flags timeout; }
      map marks { \(key4) : mark; flags timeout; }
      map verdicts { type ipv4_addr : verdict; flags timeout; }
      map still { \(key4) : inet_service; }
      set door4 { \(key4); flags timeout; }
      set one { \(key4); flags timeout; size 1; }
    }
    """

  private func map(_ name: String) -> SetReference { SetReference(family: .inet, table: "t", set: name) }

  private func element(_ address: String, to target: String, comment: String? = nil, seconds: UInt32 = 60) throws -> SetElement {
    var new = try PosternSetsTests.element(address, seconds: seconds, comment: comment)
    new.data = ElementData(try #require(ForwardTarget(target)))
    return new
  }

  @Test(
    arguments: [
      ("hosts4", "192.0.2.1", "10.0.0.5:2222", "192.0.2.1 . tcp . 22 timeout 1m expires", ": 10.0.0.5 . 2222"),
      ("hosts6", "2001:db8::1", "[fd00::5]:22", "2001:db8::1 . tcp . 22 timeout 1m expires", ": fd00::5 . 22"),
      ("plain4", "192.0.2.1", "10.0.0.5", "192.0.2.1 . tcp . 22 timeout 1m expires", ": 10.0.0.5"),
      ("ports", "192.0.2.1", ":2222", "192.0.2.1 . tcp . 22 timeout 1m expires", ": 2222"),
    ] as [(String, String, String, String, String)])
  func nftReadsWhatWeWrite(_ name: String, _ address: String, _ target: String, _ key: String, _ data: String) throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var socket = try NftSocket()
      let target = try #require(ForwardTarget(target))
      #expect(socket.put(try element(address, to: target.description, comment: "alice"), map(name)) == .applied)
      let shown = try Nft.output("list map inet t \(name)")
      #expect(shown.contains(key) && shown.contains(data) && shown.contains("comment \"alice\""), "\(shown)")
      let family = try #require(IPAddress(address)).family
      let listed = try #require(try socket.elements(of: map(name)).elements.first)
      #expect(listed.data?.target(target.form, family) == target)
      #expect(try socket.element(listed.key, of: map(name))?.data == listed.data)
      #expect(socket.remove(listed.key, map(name)) == .applied)
      #expect(try socket.elements(of: map(name)).elements.isEmpty)
    }
  }

  /// The same target: timeout and comment are new. Another: whose flows they are, they stay.
  @Test func aPutNeverChangesTheTarget() throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var socket = try NftSocket()
      let hosts = map("hosts4")
      #expect(socket.put(try element("192.0.2.1", to: "10.0.0.5:22", comment: "first"), hosts) == .applied)
      #expect(socket.put(try element("192.0.2.1", to: "10.0.0.5:22", comment: "second", seconds: 600), hosts) == .applied)
      for other in ["10.0.0.6:22", "10.0.0.5:23"] {
        #expect(socket.put(try element("192.0.2.1", to: other, comment: "third", seconds: 6000), hosts) == .refused(.exists))
      }
      let listed = try socket.elements(of: hosts).elements
      #expect(listed.map(\.comment) == ["second"] && listed.map(\.timeout) == [600_000])
      #expect(listed[0].data?.target(.addressAndPort, .ipv4)?.description == "10.0.0.5:22")
      // A removal before it in the same transaction makes room.
      var batch = SetBatch()
      batch.remove(try key("192.0.2.1"), from: hosts, tag: 0)
      batch.put(try element("192.0.2.1", to: "10.0.0.6:22"), in: hosts, tag: 1)
      #expect(socket.commit(batch).map(\.effect) == [.applied, .applied])
      #expect(try Nft.output("list map inet t hosts4").contains(": 10.0.0.6 . 22"))
    }
  }

  @Test func theTargetIsPartOfAnEvent() throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var events = try SetEvents()
      _ = try Nft.output("add element inet t hosts4 '{ 192.0.2.1 . tcp . 22 timeout 1m : 10.0.0.5 . 22 }'")
      _ = try Nft.output("delete element inet t hosts4 '{ 192.0.2.1 . tcp . 22 }'")
      var seen: [String] = []
      while let some = try events.next() {
        for event in some {
          switch event {
          case .newElement(_, let element, _), .deletedElement(_, let element, _):
            seen.append(element.data?.target(.addressAndPort, .ipv4)?.description ?? "nothing")
          case .newGeneration, .newSet, .deletedSet, .newTable, .deletedTable, .overrun: break
          }
        }
      }
      #expect(seen == ["10.0.0.5:22", "10.0.0.5:22"])
    }
  }

  /// One of two bonded is refused: neither is there; what is not bonded to them is.
  @Test(arguments: [true, false]) func bondedChangesStandOrFallTogether(_ mapIsFirst: Bool) throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var socket = try NftSocket()
      #expect(socket.put(try PosternSetsTests.element("192.0.2.99"), map("one")) == .applied)
      #expect(socket.put(try element("192.0.2.3", to: "10.0.0.6:22"), map("hosts4")) == .applied)
      var batch = SetBatch()
      func put(_ name: String, _ address: String, bond: Int?) throws {
        let new = try name == "hosts4" ? element(address, to: "10.0.0.5:22") : PosternSetsTests.element(address)
        batch.put(new, in: map(name), tag: batch.count, bond: bond)
      }
      let order = ["hosts4", "one"]
      for name in mapIsFirst ? order : order.reversed() { try put(name, "192.0.2.1", bond: 1) }
      for name in ["hosts4", "door4"] { try put(name, "192.0.2.2", bond: 2) }
      for name in ["hosts4", "door4"] { try put(name, "192.0.2.3", bond: 3) }
      try put("door4", "192.0.2.4", bond: nil)
      let effects = socket.commit(batch).map(\.effect)
      #expect(
        effects == [
          .refused(.setFull), .refused(.setFull), .applied, .applied, .refused(.exists), .refused(.exists), .applied,
        ])
      #expect(try Nft.elements(map("door4")).map(\.address).sorted() == ["192.0.2.2", "192.0.2.4"])
      #expect(try socket.elements(of: map("hosts4")).elements.count == 2)
    }
  }

  /// Bonds that would lie across the end of a transaction go into the next.
  @Test func bondsDoNotCrossTransactions() throws {
    try Network.isolated {
      try Nft.load(Self.maps.replacing("size 8; }", with: "}"))
      var socket = try NftSocket()
      var batch = SetBatch()
      for index in 0..<1023 {
        batch.put(try PosternSetsTests.element("10.1.\(index / 256).\(index % 256)"), in: map("door4"), tag: index)
      }
      batch.put(try PosternSetsTests.element("192.0.2.1"), in: map("door4"), tag: 1023, bond: 1)
      batch.put(try element("192.0.2.1", to: "10.0.0.5:22"), in: map("gone"), tag: 1024, bond: 1)
      let effects = socket.commit(batch).map(\.effect)
      #expect(
        effects.prefix(1023).allSatisfy { $0 == .applied } && effects.suffix(2) == [.refused(.missing), .refused(.missing)])
      #expect(try Nft.elements(map("door4")).count == 1023)
    }
  }

  @Test(
    arguments: [
      ("hosts4", .ipv4, .addressAndPort), ("hosts6", .ipv6, .addressAndPort), ("plain4", .ipv4, .address),
      ("plain6", .ipv6, .address), ("ports", .ipv4, .port),
    ] as [(String, AddressFamily, ForwardTarget.Form)])
  func suitingMaps(_ name: String, _ family: AddressFamily, _ form: ForwardTarget.Form) throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var socket = try NftSocket()
      let layout = try socket.definition(of: map(name)).layout(family, data: form)
      #expect(layout == (name == "plain6" ? .plain(.ipv6) : .standard(family)))
    }
  }

  @Test(
    arguments: [
      ("door4", .addressAndPort, "it is no map of values, and \"forward\" needs one"),
      ("hosts4", .address, "its elements lead to ipv4_addr . inet_service, and the target in the configuration is ipv4_addr"),
      (
        "plain4", .addressAndPort,
        "its elements lead to ipv4_addr, and the target in the configuration is ipv4_addr . inet_service"
      ),
      ("marks", .port, "its elements lead to mark, and the target in the configuration is inet_service"),
      ("still", .port, "it has no `flags timeout`: leases could not end"),
      ("hosts4", nil, "it is a map, and the door needs a set"),
    ] as [(String, ForwardTarget.Form?, String)])
  func unsuitedMaps(_ name: String, _ form: ForwardTarget.Form?, _ text: String) throws {
    try Network.isolated {
      try Nft.load(Self.maps)
      var socket = try NftSocket()
      let definition = try socket.definition(of: map(name))
      let misfit = #expect(throws: SetMisfit.self) { try definition.layout(.ipv4, data: form) }
      #expect(misfit?.description == text)
      #expect(throws: SetMisfit.self) { try socket.definition(of: map("verdicts")).layout(.ipv4, data: .address) }
    }
  }
}
