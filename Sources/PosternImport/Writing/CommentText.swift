// SPDX-License-Identifier: Apache-2.0

/// Sentences as comments of a TOML file.
enum CommentText {
  private static let width = 118

  /// The text behind # on lines of a readable width, set in by so many blanks, those after the first by two more. What TOML allows in no comment
  /// becomes a question mark.
  static func lines(_ text: String, indent: Int = 0) -> [String] {
    let plain = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    var lines: [String] = []
    var line = ""
    for word in plain.parts(" ") {
      if !line.isEmpty, line.unicodeScalars.count + word.unicodeScalars.count >= width {
        lines.append(line)
        line = blanks(indent == 0 ? 0 : indent + 2) + word
      } else {
        line = line.isEmpty ? blanks(indent) + word : line + " " + word
      }
    }
    return (lines + [line]).map { $0.isEmpty ? "#" : "# " + $0 }
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
}
