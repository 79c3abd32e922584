// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PosternImport

@Suite struct ConfigurationTextTests {
  @Test func commentsAreWrappedAndSetIn() {
    let text = Array(repeating: "12345678", count: 20).joined(separator: " ")
    let lines = CommentText.lines(text, indent: 2)
    #expect(lines.count == 2 && lines[0].hasPrefix("#   1234") && lines[1].hasPrefix("#     1234"))
    #expect(lines.allSatisfy { $0.utf8.count <= 122 })
    #expect(CommentText.lines("") == ["#"])
    // Nothing in a comment begins a new line of the file.
    #expect(CommentText.lines("a\nb\u{7f}\u{0}c") == ["# a?b??c"])
  }

  static let values: [(value: TomlField.Value, text: String)] = [
    (.text("a\"b\\c\td\u{1}\u{7f}ü"), #""a\"b\\c\td\u0001\u007fü""#), (.texts(["a", "b\""]), #"["a", "b\""]"#),
    (.texts([]), "[]"),
    (.number(-5), "-5"), (.numbers([1, 2]), "[1, 2]"), (.flag(true), "true"), (.flag(false), "false"),
    (.block(["a \"b\"", "c\\"]), "\"\"\"\na \\\"b\\\"\nc\\\\\n\"\"\""),
    (.table([TomlField("a", "b"), TomlField("c", .number(1))]), #"{ a = "b", c = 1 }"#),
  ]

  @Test(arguments: values.indices) func value(_ index: Int) { #expect(Self.values[index].value.text == Self.values[index].text) }

  @Test func aSectionThatIsOffIsOffInEachOfItsLines() {
    var section = TomlSection(path: ["doors", "a.b"], comments: ["why"], fields: [TomlField("x", .block(["1", "2"]))])
    #expect(section.lines == ["# why", "[doors.\"a.b\"]", "x = \"\"\"", "1", "2", "\"\"\""])
    section.isOff = true
    #expect(section.lines == ["# why", "#[doors.\"a.b\"]", "#x = \"\"\"", "#1", "#2", "#\"\"\""])
  }

  static let durations: [(seconds: UInt32, text: String)] = [
    (0, "0s"), (1, "1s"), (60, "1m"), (90, "90s"), (3600, "1h"), (86_400, "1d"), (90_000, "25h"),
  ]

  @Test(arguments: durations.indices) func duration(_ index: Int) {
    #expect(durationText(Self.durations[index].seconds) == Self.durations[index].text)
  }

  @Test func notesComeInTheOrderOfLinesAndOnce() {
    var notes = ImportNotes()
    notes.gap("b", at: ImportPosition(file: "x", line: 5))
    notes.remark("a", at: ImportPosition(file: "x", line: 2))
    notes.gap("c", at: ImportPosition(file: "a", line: 1))
    notes.gap("b", at: ImportPosition(file: "x", line: 5))
    #expect(notes.sorted.map(\.description) == ["x:2: note: a", "x:5: not carried: b", "a:1: not carried: c"])
  }
}
