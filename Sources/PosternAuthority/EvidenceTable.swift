// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// What speaks against sources, each within a sliding window.
///
/// It holds a fixed number of sources and never grows: a new one takes the place of the weakest of a few, of equals of the one longest
/// unseen. Who floods it with forged sources hides from it, and harms nobody. It is asked about no knock.
package struct EvidenceTable: Sendable {
  /// Sources of one row: few enough to look at all, enough that nobody is pushed out by one other.
  private static let ways = 4
  /// A thousand sources are more than a minute bans.
  private static let rows = 256

  private let limits: EvidenceLimits
  private let hash: AddressHash
  private let marksPerSource: Int
  private var slots: [Slot]
  private var marks: [Mark]

  private struct Slot {
    var source: AddressPrefix?
    var latest = Timestamp.zero
    /// Marks since it is here.
    var strength = 0
    /// Until then nothing is held against it: it was told of, or proved a key.
    var quietUntil = Timestamp.zero
  }

  /// A thing that spoke against a source at a time; at zero there was none.
  private struct Mark {
    var value: UInt32 = 0
    var time = Timestamp.zero
  }

  /// `seed` decides which sources share a row, so that nobody can choose.
  package init(_ limits: EvidenceLimits, seed: UInt64) {
    self.limits = limits
    hash = AddressHash(seed: seed)
    marksPerSource = EvidenceKind.allCases.reduce(0) { $0 + Int(limits[$1]) }
    let count = Self.ways * Self.rows
    slots = Array(repeating: Slot(), count: count)
    marks = Array(repeating: Mark(), count: count * marksPerSource)
  }

  /// Holds one thing against a source; of ports each `value` counts once. True when the limit of its kind is reached within the window.
  package mutating func note(_ kind: EvidenceKind, _ value: UInt32 = 0, of source: AddressPrefix, at now: Timestamp) -> Bool {
    let slot = place(of: source, at: now)
    guard !isQuiet(slots[slot], at: now) else { return false }
    slots[slot].latest = now
    slots[slot].strength += 1
    let range = range(of: kind, slot)
    if kind == .ports, let known = range.first(where: { isLive(marks[$0], at: now) && marks[$0].value == value }) {
      marks[known].time = now
    } else if let oldest = range.min(by: { age(marks[$0], at: now) > age(marks[$1], at: now) }) {
      marks[oldest] = Mark(value: value, time: now)
    }
    return range.allSatisfy { isLive(marks[$0], at: now) }
  }

  /// Forgets what speaks against a source, and holds nothing against it for a time, a window's at most.
  package mutating func clear(_ source: AddressPrefix, for pause: Timestamp.Span, at now: Timestamp) {
    let slot = place(of: source, at: now)
    slots[slot].latest = now
    slots[slot].strength = 0
    slots[slot].quietUntil = now + min(pause, limits.window)
    wipe(slot)
  }

  // MARK: Places

  /// Where the source stands, or is put.
  private mutating func place(of source: AddressPrefix, at now: Timestamp) -> Int {
    let row = Self.ways * Int(hash.value(source.address) % UInt64(Self.rows))
    let places = row..<row + Self.ways
    if let known = places.first(where: { slots[$0].source == source }) { return known }
    let weakest = places.min { rank(slots[$0], at: now) < rank(slots[$1], at: now) } ?? row
    slots[weakest] = Slot(source: source)
    wipe(weakest)
    return weakest
  }

  private func rank(_ slot: Slot, at now: Timestamp) -> (Int, UInt64) {
    if isQuiet(slot, at: now) { return (.max, slot.latest.nanoseconds) }
    return (isRecent(slot.latest, at: now) ? slot.strength : 0, slot.latest.nanoseconds)
  }

  private func range(of kind: EvidenceKind, _ slot: Int) -> Range<Int> {
    var first = slot * marksPerSource
    for other in EvidenceKind.allCases where other.rawValue < kind.rawValue { first += Int(limits[other]) }
    return first..<first + Int(limits[kind])
  }

  private mutating func wipe(_ slot: Int) {
    for mark in slot * marksPerSource..<(slot + 1) * marksPerSource { marks[mark] = Mark() }
  }

  // MARK: Time

  private func isQuiet(_ slot: Slot, at now: Timestamp) -> Bool {
    // A clock that was set back holds nobody quiet for longer than a window.
    slot.quietUntil > now && slot.quietUntil - now <= limits.window
  }

  private func isLive(_ mark: Mark, at now: Timestamp) -> Bool { mark.time != .zero && isRecent(mark.time, at: now) }

  /// What the clock has not reached yet is not believed.
  private func isRecent(_ time: Timestamp, at now: Timestamp) -> Bool { time <= now && now - time < limits.window }

  private func age(_ mark: Mark, at now: Timestamp) -> UInt64 {
    isLive(mark, at: now) ? now.nanoseconds - mark.time.nanoseconds : .max
  }
}
