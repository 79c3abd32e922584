// SPDX-License-Identifier: Apache-2.0
import PosternControl
import Testing

@Suite struct JournalEntryTests {
  @Test func plainValuesAreLines() {
    var entry = JournalEntry("hello = world", id: "00", priority: .warning, identifier: "me")
    entry.put("A", "")
    #expect(
      String(decoding: entry.bytes, as: UTF8.self)
        == "MESSAGE=hello = world\nMESSAGE_ID=00\nPRIORITY=4\nSYSLOG_IDENTIFIER=me\nA=\n")
  }

  /// A line feed in a value must not begin a field.
  @Test func valuesWithLineFeedsGoBehindTheirLength() {
    let entry = JournalEntry("a\nPRIORITY=0", id: "00", priority: .error, identifier: "me")
    let head = Array("MESSAGE\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0] + Array("a\nPRIORITY=0\n".utf8)
    #expect(Array(entry.bytes.prefix(head.count)) == head)
    #expect(String(decoding: entry.bytes.dropFirst(head.count), as: UTF8.self).hasPrefix("MESSAGE_ID=00\nPRIORITY=3\n"))
  }

  @Test func everyKindHasAnIDOfItsOwn() {
    let ids = EventKind.allCases.map(\.messageID)
    #expect(Set(ids).count == EventKind.allCases.count)
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
  }
}
