// SPDX-License-Identifier: Apache-2.0
import PosternSets
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct NftSocketProbeTests {
  /// The other opinion is nft's own.
  @Test func theProbeAgreesWithNftAndLeavesNothing() throws {
    try Network.isolated {
      var socket = try NftSocket()
      for _ in 0..<2 {
        let found = try socket.canQueue()
        #expect(found == ((try? Nft.load("table inet q { chain c { queue num 5; }; }\ndelete table inet q")) != nil))
        #expect(try Nft.output("list tables").isEmpty)
      }
    }
  }
}
