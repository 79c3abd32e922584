// SPDX-License-Identifier: Apache-2.0

/// Finds the name that a mistyped one was meant to be.
enum Spelling {
  /// Longer words are not typing mistakes of ours, and the search is quadratic in their length.
  private static let maximumLength = 64

  /// `; did you mean "…"?`, or nothing when no candidate is near.
  static func hint(for word: String, among candidates: some Sequence<String>) -> String {
    guard let nearest = nearest(to: word, among: candidates) else { return "" }
    return "; did you mean \(nearest.quoted)?"
  }

  /// The candidate with the fewest edits, the first of equals; nil beyond one edit for three letters, at least two.
  static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= maximumLength else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate.utf8.count <= maximumLength {
      let distance = distance(word, candidate)
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(2, word.utf8.count / 3), best.distance < word.utf8.count else { return nil }
    return best.name
  }

  /// Insertions, deletions and substitutions of bytes (Levenshtein).
  static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, byte) in left.utf8.enumerated() {
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

extension String {
  /// Between quotation marks and fit for a terminal.
  var quoted: String { "\"\(printable)\"" }

  /// Printable ASCII as it is, everything else and long tails by escapes: configuration text ends up on terminals.
  var printable: String {
    let limit = 128
    var text = ""
    for scalar in unicodeScalars.prefix(limit) {
      text += (32...126).contains(scalar.value) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return unicodeScalars.count > limit ? text + "..." : text
  }
}
