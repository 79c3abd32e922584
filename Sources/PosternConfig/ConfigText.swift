// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The text of one of the files that make up a configuration.
package struct ConfigText: Sendable {
  /// What the top of the text is.
  package enum Part: Hashable, Sendable {
    /// A configuration, or a piece of one.
    case tables
    /// What `[users.NAME]` holds: one user a file.
    case user(Name)
  }

  /// The name that errors carry.
  package let file: String
  package let part: Part
  package let text: [UInt8]

  package init(_ text: [UInt8], file: String, part: Part = .tables) {
    self.text = text
    self.file = file
    self.part = part
  }

  /// For what is wrong with the file as a whole.
  package var start: ConfigPosition { ConfigPosition(file: file, line: 1, column: 1) }
}
