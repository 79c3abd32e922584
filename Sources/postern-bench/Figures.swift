// SPDX-License-Identifier: Apache-2.0

/// What the rounds of one run measured: for each case, subject and quantity a value a round.
///
/// A line is `CASE SUBJECT NAME=VALUE NAME=VALUE ...`; words without a number are passed over.
package struct Figures: Sendable {
  package struct Place: Hashable, Sendable {
    package let name: String
    package let subject: String
    package let quantity: String

    package init(_ name: String, _ subject: String, _ quantity: String) {
      self.name = name
      self.subject = subject
      self.quantity = quantity
    }
  }

  /// In the order in which they were first met.
  package private(set) var places: [Place] = []
  private var values: [Place: [Double]] = [:]

  package init(_ text: String) {
    for line in text.split(separator: "\n") { add(line.split(separator: " ")) }
  }

  private mutating func add(_ words: [Substring]) {
    guard words.count > 2 else { return }
    for word in words.dropFirst(2) {
      guard let mark = word.firstIndex(of: "="), let value = Double(word[word.index(after: mark)...]) else { continue }
      let place = Place(String(words[0]), String(words[1]), String(word[..<mark]))
      if values[place] == nil { places.append(place) }
      values[place, default: []].append(value)
    }
  }

  package struct Spread: Hashable, Sendable {
    package let median: Double
    package let least: Double
    package let most: Double
  }

  /// Nil for what was not measured.
  package subscript(place: Place) -> Spread? {
    guard let sorted = values[place]?.sorted(), let least = sorted.first, let most = sorted.last else { return nil }
    let middle = sorted.count / 2
    let median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    return Spread(median: median, least: least, most: most)
  }

  package func median(_ name: String, _ subject: String, _ quantity: String) -> Double? {
    self[Place(name, subject, quantity)]?.median
  }
}
