// SPDX-License-Identifier: Apache-2.0

/// Texts by their bytes, as the programs read them that this target imports from.
extension StringProtocol {
  /// Blank, tab, vertical tab, form feed, carriage return: what isspace(3) knows within a line.
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || (11...13).contains(byte) }

  var trimmed: String { trimmedAtStart.trimmedAtEnd }

  var trimmedAtStart: String { String(decoding: utf8.drop(while: Self.isBlank), as: UTF8.self) }

  var trimmedAtEnd: String {
    var bytes = Array(utf8)
    while let last = bytes.last, Self.isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Everything between separators, empty parts too.
  func parts(_ separator: Character, atMost limit: Int = .max) -> [String] {
    guard let byte = separator.asciiValue else { return [String(self)] }
    return utf8.split(separator: byte, maxSplits: limit - 1, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// What stands between blanks.
  var words: [String] { utf8.split(whereSeparator: Self.isBlank).map { String(decoding: $0, as: UTF8.self) } }

  /// The first word and what follows the blanks behind it.
  var firstWordAndRest: (word: String, rest: String) {
    let bytes = Array(utf8)
    let end = bytes.firstIndex(where: Self.isBlank) ?? bytes.endIndex
    return (String(decoding: bytes[..<end], as: UTF8.self), String(decoding: bytes[end...], as: UTF8.self).trimmedAtStart)
  }

  /// The text before a comment that this byte begins.
  func cut(before mark: Character) -> String { parts(mark, atMost: 2).first ?? "" }

  /// What nft(8) takes as an identifier without quotation marks.
  var isNftName: Bool {
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    guard let first = utf8.first, isLetter(first), utf8.count <= 255 else { return false }
    return utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "/_.-".utf8.contains($0) }
  }

  var isDecimal: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }

  /// ASCII letters only: no language has a say in keywords.
  var asciiLowercased: String {
    String(decoding: utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  }
}

extension String {
  private static let longestQuote = 80

  /// Between quotation marks and fit for a terminal, long tails left out.
  var quoted: String {
    let shown = unicodeScalars.prefix(Self.longestQuote).map { (32...126).contains($0.value) ? String($0) : "?" }.joined()
    return "\"\(shown)\(unicodeScalars.count > Self.longestQuote ? "..." : "")\""
  }
}

extension String {
  /// With every occurrence of a text replaced by another.
  func replacing(_ old: String, with new: String) -> String {
    let (bytes, mark) = (Array(utf8), Array(old.utf8))
    guard !mark.isEmpty else { return self }
    var (made, index): ([UInt8], Int) = ([], 0)
    while index < bytes.count {
      if bytes[index...].starts(with: mark) {
        made += new.utf8
        index += mark.count
      } else {
        made.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: made, as: UTF8.self)
  }
}
