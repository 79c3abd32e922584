// SPDX-License-Identifier: Apache-2.0

/// A line of access.conf or fwknopd.conf as fwknopd splits it: a variable, and a value up to a semicolon.
struct FwknopLine: Sendable {
  let variable: String
  /// With the blanks at its end, which belong to a passphrase.
  let value: String

  /// Nil for comments and empty lines; a variable without a value throws.
  static func read(_ line: ForeignText.Line) throws(ImportFailure) -> FwknopLine? {
    let text = line.text.trimmedAtStart
    guard let first = text.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return nil }
    let (word, rest) = text.firstWordAndRest
    let value = rest.cut(before: ";")
    guard !value.isEmpty else { throw ImportFailure("\(word.quoted) has no value", at: line.position) }
    return FwknopLine(variable: word.hasSuffix(":") ? String(word.dropLast()) : word, value: value)
  }
}
