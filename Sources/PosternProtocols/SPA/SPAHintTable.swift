// SPDX-License-Identifier: Apache-2.0

/// The hints that the gate's clients would use now: those of the current 64-second step, the one before and the one after.
///
/// Memory is fixed at the start; a lookup allocates nothing.
package struct SPAHintTable: Sendable {
  /// Curve operations that one hint gets over the budget while its step lasts: a client sends four knocks at a time.
  package static let servingsOverBudget: UInt8 = 8

  private let entries: Int
  /// The generation of step s stands at s mod 3, so that three neighbours never share a place.
  private var generations: [SPAHintGeneration]

  /// `entries` is the number of hints a step: client keys times gateway keys.
  package init(entries: Int) {
    self.entries = entries
    generations = Array(repeating: SPAHintGeneration(entries: entries), count: 3)
  }

  /// Computes what is missing for `step` and its neighbours: one step's hints when time has gone on by one.
  ///
  /// `hint` gives the value of an entry for a step.
  package mutating func advance(to step: UInt64, hint: (_ entry: Int, _ step: UInt64) -> UInt64) {
    for wanted in (step == 0 ? 0 : step - 1)...(step == .max ? step : step + 1) {
      let place = Int(wanted % 3)
      guard generations[place].step != wanted else { continue }
      generations[place].clear()
      for entry in 0..<entries { generations[place].insert(hint(entry, wanted)) }
      generations[place].step = wanted
    }
  }

  package func contains(_ hint: UInt64) -> Bool { generations.contains { $0.contains(hint) } }

  /// Takes one of a known hint's servings over the budget; false when it is unknown or has none left.
  package mutating func takeServing(_ hint: UInt64) -> Bool {
    for index in generations.indices where generations[index].takeServing(hint) { return true }
    return false
  }
}
