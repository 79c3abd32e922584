// SPDX-License-Identifier: Apache-2.0

/// Finds the key that a mistyped one was meant to be.
enum Spelling {
  /// Longer words are not typing mistakes of ours, and the search is quadratic in their length.
  private static let maximumLength = 64

  /// The candidate with the fewest edits, the first of equals; nil when more than a third of the word (at least two) would change.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= maximumLength else { return nil }
    let ranked = candidates.map { (name: $0, edits: edits(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(2, word.utf8.count / 3) && best.edits < word.utf8.count ? best.name : nil
  }

  /// Insertions, deletions and substitutions of bytes (Levenshtein).
  private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let substituted = diagonal + (right[column] == byte ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
