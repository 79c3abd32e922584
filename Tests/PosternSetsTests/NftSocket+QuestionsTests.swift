// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternSets
import PosternTables
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct NftSocketQuestionsTests {
  @Test func oneElementIsFoundOrNot() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      #expect(socket.put(try element("192.0.2.1", comment: "ours"), door4) == .applied)
      let found = try #require(try socket.element(try key("192.0.2.1"), of: door4))
      #expect(found.comment == "ours")
      #expect(found.timeout == 60_000)
      #expect(try socket.element(try key("192.0.2.2"), of: door4) == nil)
      #expect(socket.put(try element("2001:db8::1"), door6) == .applied)
      #expect(try socket.element(try key("2001:db8::1"), of: door6) != nil)
      #expect(throws: SetError.missing) {
        _ = try socket.element(try key("192.0.2.1"), of: SetReference(family: .inet, table: "t", set: "gone"))
      }
    }
  }

  @Test func anElementWhoseTimeIsOverIsNotThere() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let key = try key("192.0.2.1")
      let short = SetElement(key: key, timeout: try #require(Milliseconds(20)))
      #expect(socket.put(short, door4) == .applied)
      usleep(60_000)
      #expect(try socket.element(key, of: door4) == nil)
    }
  }

  @Test func aSetThatIsMadeAgainIsAnother() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      let first = try socket.identity(of: door4)
      #expect(try socket.identity(of: door4) == first)
      #expect(try socket.identity(of: door6) != first)
      try Nft.load("flush ruleset")
      #expect(throws: SetError.missing) { _ = try socket.identity(of: door4) }
      try Nft.load(doors)
      let second = try socket.identity(of: door4)
      #expect(second != first)
      try Nft.load("delete set inet t door4\n" + doors)
      #expect(try socket.identity(of: door4) != second)
    }
  }
}
