// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternTables
import PosternWire
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct SetListingTests {
  @Test func dumpEqualsWhatWasPut() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var batch = SetBatch()
      let wanted = try (1...200).map { number in
        try element("192.0.2.\(number)", "udp/\(number)", seconds: UInt32(number) * 60, comment: "user \(number)")
      }
      for (index, element) in wanted.enumerated() { batch.put(element, in: door4, tag: index) }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      let listing = try socket.elements(of: door4)
      #expect(!listing.isTruncated && listing.elements.count == wanted.count)
      for element in wanted {
        let found = try #require(listing.elements.first { $0.key == element.key })
        #expect(found.timeout == element.timeout.count && found.comment == element.comment?.description && found.flags == 0)
        let remaining = try #require(found.remaining)
        #expect(remaining <= element.timeout.count && remaining + 5000 > element.timeout.count)
      }
    }
  }

  @Test func foreignElementsAreListedAsTheyAre() throws {
    try Network.isolated {
      try Nft.load(
        """
        table ip f {
          set s {
            type ipv4_addr . inet_proto . inet_service; flags timeout; counter;
            elements = { 192.0.2.1 . tcp . 22, 192.0.2.2 . 132 . 5 timeout 1h comment "\u{e4} \u{1b}[31m", 192.0.2.3 . tcp . 22 timeout 5m }
          }
        }
        """)
      var socket = try NftSocket()
      let set = SetReference(family: .ip, table: "f", set: "s")
      let listed = try socket.elements(of: set).elements
      #expect(listed.count == 3)
      let plain = try #require(listed.first { $0.key == (try? key("192.0.2.1")) })
      #expect(plain.timeout == nil && plain.remaining == nil && plain.comment == nil)
      let odd = try #require(listed.first { $0.key.parts(.standard(.ipv4))?.transport == .sctp })
      #expect(odd.comment == "\u{e4} \u{1b}[31m" && odd.timeout == 3_600_000 && odd.key.parts(.standard(.ipv4))?.port == Port(5))
      let timed = try #require(listed.first { $0.key == (try? key("192.0.2.3")) })
      #expect(timed.timeout == 300_000 && timed.comment == nil)
    }
  }

  @Test func limitCutsAndTheNextQuestionWorks() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var batch = SetBatch()
      for index in 0..<1000 { batch.put(try element("10.0.\(index / 256).\(index % 256)"), in: door4, tag: index) }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      let cut = try socket.elements(of: door4, limit: 10)
      #expect(cut.isTruncated && cut.elements.count == 10)
      let exact = try socket.elements(of: door4, limit: 1000)
      #expect(!exact.isTruncated && Set(exact.elements.map(\.key)).count == 1000)
      #expect(try socket.elements(of: door6).elements.isEmpty)
    }
  }

  @Test func missingSet() throws {
    try Network.isolated {
      var socket = try NftSocket()
      #expect(throws: SetError.missing) { try socket.elements(of: door4) }
      try Nft.load(doors)
      #expect(throws: SetError.missing) { try socket.elements(of: SetReference(family: .inet, table: "t", set: "nothing")) }
      #expect(throws: SetError.missing) { try socket.elements(of: SetReference(family: .inet, table: "t\0x", set: "door4")) }
      #expect(try socket.elements(of: door4).elements.isEmpty)
    }
  }
}
