// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternSets
import PosternTables
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct NftSocketTests {
  @Test func putAppearsAsNftShowsIt() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let comment = "alice/laptop ssh 0123456789abcdef"
      #expect(socket.put(try element("192.0.2.1", "tcp/22", seconds: 300, comment: comment), door4) == .applied)
      #expect(socket.put(try element("2001:db8::1", "udp/51820", seconds: 60), door6) == .applied)
      let four = try #require(try Nft.elements(door4).first)
      #expect(four.address == "192.0.2.1" && four.transport == "tcp" && four.port == 22)
      #expect(four.timeout == 300 && four.comment == comment)
      #expect((298...300).contains(try #require(four.expires)))
      let six = try #require(try Nft.elements(door6).first)
      #expect(six.address == "2001:db8::1" && six.transport == "udp" && six.port == 51820)
      #expect(six.timeout == 60 && six.comment == nil)
    }
  }

  @Test(arguments: [(60, 600), (600, 60), (60, 60)] as [(UInt32, UInt32)])
  func refreshReplacesTimeoutAndComment(_ first: UInt32, _ second: UInt32) throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1", seconds: first, comment: "first"), door4) == .applied)
      #expect(socket.put(try element("192.0.2.1", seconds: second, comment: "second"), door4) == .applied)
      let shown = try Nft.elements(door4)
      #expect(shown.map(\.timeout) == [Int(second)] && shown.map(\.comment) == ["second"])
      #expect(try #require(shown[0].expires) > Int(second) - 3)
    }
  }

  @Test func removeAndRemoveOfAbsent() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1"), door4) == .applied)
      #expect(socket.remove(try key("192.0.2.1"), door4) == .applied)
      #expect(try Nft.elements(door4).isEmpty)
      #expect(socket.remove(try key("192.0.2.1"), door4) == .absent)
    }
  }

  /// An absent element must not hide that the set or the table is gone.
  @Test(arguments: [
    SetReference(family: .inet, table: "t", set: "nothing"), SetReference(family: .inet, table: "nothing", set: "door4"),
    SetReference(family: .ip, table: "t", set: "door4"), SetReference(family: .inet, table: "t", set: ""),
    SetReference(family: .inet, table: "t", set: String(repeating: "x", count: 256)),
  ])
  func missing(_ set: SetReference) throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1"), set) == .refused(.missing))
      #expect(socket.remove(try key("192.0.2.1"), set) == .refused(.missing))
    }
  }

  @Test func addingKeepsWhatIsThere() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1", seconds: 600, comment: "first"), door4) == .applied)
      var batch = SetBatch()
      batch.add(try element("192.0.2.1", seconds: 600, comment: "second"), to: door4, tag: 0)
      batch.add(try element("192.0.2.2", seconds: 60, comment: "new"), to: door4, tag: 1)
      #expect(socket.commit(batch).map(\.effect) == [.applied, .applied])
      let elements = try Nft.elements(door4).sorted { $0.address < $1.address }
      #expect(elements.map(\.comment) == ["first", "new"])
      #expect(elements.map(\.timeout) == [600, 60])
    }
  }

  @Test func fullSetRefusesOnlyItsOwn() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1"), narrow) == .applied)
      var batch = SetBatch()
      batch.put(try element("192.0.2.1", seconds: 600), in: narrow, tag: 10)
      batch.put(try element("192.0.2.2"), in: narrow, tag: 11)
      batch.put(try element("192.0.2.3"), in: narrow, tag: 12)
      batch.remove(try key("192.0.2.9"), from: door4, tag: 13)
      batch.put(try element("192.0.2.4"), in: door4, tag: 14)
      batch.put(try element("192.0.2.5"), in: SetReference(family: .inet, table: "t", set: "gone"), tag: 15)
      let outcomes = socket.commit(batch)
      #expect(outcomes.map(\.tag) == Array(10...15))
      #expect(
        outcomes.map(\.effect) == [
          .applied, .applied, .refused(.setFull), .absent, .applied, .refused(.missing),
        ])
      #expect(Set(try Nft.elements(narrow).map(\.address)) == ["192.0.2.1", "192.0.2.2"])
      #expect(try Nft.elements(door4).map(\.address) == ["192.0.2.4"])
    }
  }

  @Test func completelyFullSetStillRefreshesAndExchanges() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      for host in 1...2 { #expect(socket.put(try element("192.0.2.\(host)"), narrow) == .applied) }
      #expect(socket.put(try element("192.0.2.1", seconds: 900), narrow) == .applied)
      var batch = SetBatch()
      batch.remove(try key("192.0.2.2"), from: narrow, tag: 0)
      batch.put(try element("192.0.2.3"), in: narrow, tag: 1)
      #expect(socket.commit(batch).map(\.effect) == [.applied, .applied])
      #expect(Set(try Nft.elements(narrow).map(\.timeout)) == [900, 60])
      #expect(socket.put(try element("192.0.2.4"), narrow) == .refused(.setFull))
    }
  }

  @Test func wrongDefinitionsAreUnsuited() throws {
    try Network.isolated {
      try Nft.load(doors)
      try Nft.load(
        """
        table inet u {
          set still { type ipv4_addr . inet_proto . inet_service; }
          map marks { type ipv4_addr . inet_proto . inet_service : mark; flags timeout; }
        }
        """)
      var socket = try NftSocket()
      #expect(socket.put(try element("2001:db8::1"), door4) == .refused(.unsuited))
      #expect(socket.put(try element("192.0.2.1"), door6) == .refused(.unsuited))
      #expect(socket.remove(try key("2001:db8::1"), door4) == .refused(.unsuited))
      for set in ["still", "marks"] {
        let reference = SetReference(family: .inet, table: "u", set: set)
        #expect(socket.put(try element("192.0.2.1"), reference) == .refused(.unsuited))
      }
      #expect(try Nft.elements(door4).isEmpty)
    }
  }

  /// More than one transaction, with removals of absent elements among the operations.
  @Test(arguments: [1000, 1024, 1025, 2500])
  func manyOperationsInOneCommit(_ count: Int) throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var batch = SetBatch()
      for index in 0..<count {
        let address = "10.0.\(index / 256).\(index % 256)"
        if index % 50 == 7 {
          batch.remove(try key(address), from: door4, tag: index)
        } else {
          batch.put(try element(address, comment: "number \(index)"), in: door4, tag: index)
        }
      }
      let outcomes = socket.commit(batch)
      #expect(outcomes.map(\.tag) == Array(0..<count))
      #expect(outcomes.allSatisfy { $0.effect == ($0.tag % 50 == 7 ? .absent : .applied) })
      let shown = try Nft.elements(door4)
      #expect(shown.count == outcomes.count { $0.effect == .applied })
      let wanted = Set((0..<count).filter { $0 % 50 != 7 }.map { "10.0.\($0 / 256).\($0 % 256) number \($0)" })
      #expect(Set(shown.map { "\($0.address) \($0.comment ?? "")" }) == wanted)
    }
  }

  /// Every refusal of the largest transaction fits the receive buffer.
  @Test func allOfAFullTransactionRefused() throws {
    try Network.isolated {
      var socket = try NftSocket()
      var batch = SetBatch()
      for index in 0..<1024 { batch.put(try element("10.0.\(index / 256).\(index % 256)"), in: door4, tag: index) }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .refused(.missing) })
      try Nft.load(doors)
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
    }
  }

  @Test func emptyBatch() throws {
    try Network.isolated {
      var socket = try NftSocket()
      #expect(socket.commit(SetBatch()).isEmpty)
    }
  }

  @Test func longestCommentAndTimeoutAreAccepted() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let text = String(repeating: "c", count: ElementComment.longest)
      let new = SetElement(key: try key("192.0.2.1"), timeout: .longest, comment: ElementComment(text))
      #expect(socket.put(new, door4) == .applied)
      #expect(try Nft.elements(door4).map(\.comment) == [text])
      #expect(try socket.elements(of: door4).elements.map(\.comment) == [text])
      #expect(try #require(try socket.elements(of: door4).elements[0].timeout) / 1000 == Milliseconds.longest.count / 1000)
    }
  }

  /// An owned table refuses; what goes elsewhere in the same commit is applied.
  @Test func ownedTableIsForeign() throws {
    try Network.isolated {
      try Nft.load(doors)
      let owner = unsafe popen("nft -i > /dev/null 2>&1", "w")
      let holder = try unsafe #require(owner)
      defer { unsafe pclose(holder) }
      unsafe fputs("add table inet own { flags owner; }\n", holder)
      unsafe fputs("add set inet own s { type ipv4_addr . inet_proto . inet_service; flags timeout; }\n", holder)
      unsafe fflush(holder)
      try waitUntil { try Nft.output("list sets").contains("set s") }
      var socket = try NftSocket()
      var batch = SetBatch()
      batch.put(try element("192.0.2.1"), in: SetReference(family: .inet, table: "own", set: "s"), tag: 0)
      batch.put(try element("192.0.2.1"), in: door4, tag: 1)
      #expect(socket.commit(batch).map(\.effect) == [.refused(.foreignOwner), .applied])
    }
  }

  @Test func missingCapabilityIsSaidAtOnce() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(ctest_set_net_admin(false) == 0)
      let refused = socket.put(try element("192.0.2.1"), door4)
      #expect(ctest_set_net_admin(true) == 0)
      #expect(refused == .refused(.unprivileged))
      #expect(socket.put(try element("192.0.2.1"), door4) == .applied)
    }
  }

  /// The element's end is the kernel's own doing.
  @Test func elementEndsByItself() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let short = SetElement(key: try key("192.0.2.1"), timeout: try #require(Milliseconds(50)))
      #expect(socket.put(short, door4) == .applied)
      usleep(100_000)
      #expect(try Nft.elements(door4).isEmpty)
    }
  }

  private func waitUntil(_ condition: () throws -> Bool) throws {
    for _ in 0..<200 {
      if try condition() { return }
      usleep(20_000)
    }
    throw Network.Failure(text: "waited in vain")
  }
}
