// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// A table of the new configuration with the comments above it.
struct TomlSection: Sendable {
  /// The parts of its name.
  let path: [String]
  var comments: [String] = []
  var fields: [TomlField] = []
  /// Written behind # as a whole: it could not be completed.
  var isOff = false

  var lines: [String] {
    let head = "[\(path.map(Self.key).joined(separator: "."))]"
    let body = fields.flatMap { field in field.lines.map { field.isOff ? "#\($0)" : $0 } }
    let table = isOff ? ([head] + body).map { "#\($0)" } : [head] + body
    return comments.flatMap { CommentText.lines($0) } + table
  }

  /// A dot would otherwise start a table below.
  private static func key(_ part: String) -> String { part.utf8.contains(UInt8(ascii: ".")) ? "\"\(part)\"" : part }
}
