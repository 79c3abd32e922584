// SPDX-License-Identifier: Apache-2.0

/// The hints of one step: open addressing, at most half full, so that a probe ends after a few places.
struct SPAHintGeneration: Sendable {
  private enum Place {
    case empty
    case taken(hint: UInt64, servings: UInt8)
  }

  /// Nil until there are hints.
  var step: UInt64?
  private var places: [Place]

  init(entries: Int) {
    var size = 2
    while size < 2 * entries { size *= 2 }
    places = Array(repeating: .empty, count: size)
  }

  mutating func clear() { for index in places.indices { places[index] = .empty } }

  /// Two keys with the same hint share a place.
  mutating func insert(_ hint: UInt64) { places[place(of: hint)] = .taken(hint: hint, servings: 0) }

  func contains(_ hint: UInt64) -> Bool {
    switch places[place(of: hint)] {
    case .empty: false
    case .taken: true
    }
  }

  mutating func takeServing(_ hint: UInt64) -> Bool {
    let place = place(of: hint)
    guard case .taken(_, let servings) = places[place], servings < SPAHintTable.servingsOverBudget else { return false }
    places[place] = .taken(hint: hint, servings: servings + 1)
    return true
  }

  /// Where the hint stands, or the empty place where it would.
  private func place(of hint: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hint) & (places.count - 1)
    while case .taken(let other, _) = places[place], other != hint { place = (place + 1) & (places.count - 1) }
    return place
  }
}
