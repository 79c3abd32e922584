// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire
import Testing

@Suite struct NameTests {
  @Test(arguments: ["a", "0", "alice", "a.b_c-d", String(repeating: "x", count: 32)])
  func accepted(_ text: String) { #expect(Name(text)?.description == text) }

  @Test(arguments: ["", "-a", ".a", "_a", "A", "a b", "a/b", "ä", "a\n", String(repeating: "x", count: 33)])
  func refused(_ text: String) { #expect(Name(text) == nil) }

  @Test func commentRoundTrip() throws {
    let text = "alice/laptop ssh 0123456789abcdef"
    #expect(LeaseComment(text)?.description == text)
  }

  @Test(arguments: [
    "", "alice ssh 0123456789abcdef", "alice/laptop ssh 0123456789abcde", "alice/laptop ssh 0123456789ABCDEF",
    "alice/laptop  ssh 0123456789abcdef", "alice/laptop ssh 0123456789abcdef ", "alice/x/laptop ssh 0123456789abcdef",
  ])
  func commentForeign(_ text: String) { #expect(LeaseComment(text) == nil) }

  @Test func longestCommentFitsNft() throws {
    let name = try #require(Name(String(repeating: "x", count: 32)))
    #expect(LeaseComment(user: name, key: name, door: name, lease: LeaseID(.max)).description.utf8.count <= 127)
  }

  @Test func timestampsSaturate() {
    #expect(Timestamp(nanoseconds: .max) + .seconds(1) == Timestamp(nanoseconds: .max))
    #expect(Timestamp.zero - .seconds(1) == .zero)
    #expect(Timestamp(nanoseconds: .max) - Timestamp.zero == Timestamp.Span(nanoseconds: .max))
    #expect(Timestamp.zero - Timestamp(nanoseconds: .max) == Timestamp.Span(nanoseconds: -.max))
    #expect(Timestamp(seconds: 10) - Timestamp(seconds: 12) == .seconds(-2))
  }
}
