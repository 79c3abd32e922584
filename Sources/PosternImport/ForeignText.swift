// SPDX-License-Identifier: Apache-2.0

/// A configuration text of another system, line by line.
package struct ForeignText: Sendable {
  /// A whole gateway of a thousand users stays far below it.
  package static let maximumBytes = 1 << 20
  /// Bounds the notes about a text of nothing but mistakes.
  package static let maximumLines = 1 << 15

  package struct Line: Sendable {
    package let position: ImportPosition
    /// Without line feed and carriage return.
    package let text: String
  }

  package let file: String
  package let lines: [Line]

  /// Refuses texts beyond the limits, and NUL bytes: the programs of the time stopped reading there.
  package init(_ bytes: [UInt8], file: String) throws(ImportFailure) {
    self.file = file
    let start = ImportPosition(file: file, line: 0)
    guard bytes.count <= Self.maximumBytes else { throw ImportFailure("is longer than \(Self.maximumBytes) bytes", at: start) }
    var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    guard parts.count <= Self.maximumLines else { throw ImportFailure("has more than \(Self.maximumLines) lines", at: start) }
    if let line = parts.firstIndex(where: { $0.contains(0) }) {
      throw ImportFailure("holds a NUL byte", at: ImportPosition(file: file, line: line + 1))
    }
    lines = parts.enumerated().map { index, part in
      let text = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
      return Line(position: ImportPosition(file: file, line: index + 1), text: String(decoding: text, as: UTF8.self))
    }
  }

  /// The file as a whole.
  package var start: ImportPosition { ImportPosition(file: file, line: 0) }
}
