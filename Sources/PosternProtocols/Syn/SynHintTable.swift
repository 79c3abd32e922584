// SPDX-License-Identifier: Apache-2.0

/// The hints of all keys for the steps that count: which key and step a SYN may have been made with.
struct SynHintTable: Sendable {
  struct Candidate: Hashable, Sendable {
    let key: Int
    let step: UInt64
  }

  /// Of each step the hints with their keys, in ascending order: hint << 32 | key.
  private var generations: [(step: UInt64, entries: [UInt64])] = []

  /// Drops steps that count no longer and computes those that now do.
  mutating func advance(to steps: ClosedRange<UInt64>, keys: Int, _ hint: (_ key: Int, _ step: UInt64) -> UInt16) {
    if generations.first?.step == steps.lowerBound, generations.last?.step == steps.upperBound { return }
    let kept = generations.filter { steps.contains($0.step) }
    generations = steps.map { step in
      if let known = kept.first(where: { $0.step == step }) { return known }
      return (step, (0..<keys).map { UInt64(hint($0, step)) << 32 | UInt64($0) }.sorted())
    }
  }

  /// Everybody whose hint this is, in the order of steps.
  func candidates(_ hint: UInt16) -> [Candidate] {
    var found: [Candidate] = []
    for (step, entries) in generations {
      var place = Self.firstPlace(of: UInt64(hint) << 32, in: entries)
      while place < entries.count, entries[place] >> 32 == UInt64(hint) {
        found.append(Candidate(key: Int(entries[place] & 0xffff_ffff), step: step))
        place += 1
      }
    }
    return found
  }

  private static func firstPlace(of value: UInt64, in entries: [UInt64]) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
