// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The half-finished knocks of a sequence protocol: who has taken how many steps towards which key.
///
/// Memory is fixed at the start, and every call takes bounded time. An attempt ends when its reader says so, when its time is over, or
/// when it is pushed out, which happens in three ways only:
/// * a source that has ``perSource`` attempts begins one more: its oldest goes;
/// * an attempt at its first step goes when ``firstSteps`` younger attempts are at theirs;
/// * an attempt beyond its first step goes when ``laterSteps`` others have taken such a step since its own last one.
///
/// So whoever forges first steps, of however many sources, never touches an attempt that has taken its second step; and a client whose
/// second step comes before ``firstSteps`` forged first ones is not touched either. Nothing is ever refused because the table is full:
/// a client that was pushed out begins anew at once. Who forges the client's own address can break his attempts; no table can tell
/// the two apart.
package struct Attempts<Progress: BitwiseCopyable & Sendable>: Sendable {
  /// Names a living attempt until it ends.
  package struct Place: Hashable, Sendable { let slot: Int }

  /// Attempts at their first step that there can be.
  package let firstSteps: Int
  /// Attempts beyond their first step that there can be.
  package let laterSteps: Int
  package let perSource: Int

  private var slots: [AttemptSlot<Progress>]
  private var index: SourceIndex
  private var free = SlotNumber(0)
  private var first = AttemptQueue()
  private var later = AttemptQueue()

  /// A quarter of `capacity` is kept for attempts beyond their first step; `blank` only fills the memory. `seed` keeps strangers from
  /// choosing addresses that collide.
  package init(
    blank: Progress, capacity: Int = AttemptLimit.capacity, perSource: Int = AttemptLimit.perSource, seed: UInt64
  ) {
    let capacity = min(max(capacity, 4), AttemptLimit.highestCapacity)
    laterSteps = capacity / 4
    firstSteps = capacity - laterSteps
    self.perSource = max(perSource, 1)
    let empty = AttemptSlot(source: .v4(.zero), steps: 0, key: 0, begun: .zero, end: .zero, progress: blank)
    slots = Array(repeating: empty, count: capacity)
    for slot in 1..<capacity { slots[slot - 1].behind = SlotNumber(slot) }
    index = SourceIndex(capacity: capacity, seed: seed)
  }

  package var count: Int { first.count + later.count }

  /// The newest attempt of a source.
  package func newest(of source: IPAddress) -> Place? { index.find(source, in: slots).map { Place(slot: $0) } }

  /// The attempt of the same source that began before this one.
  package func older(than place: Place) -> Place? { slots[place.slot].older.position.map { Place(slot: $0) } }

  package func find(_ source: IPAddress, _ key: KeyIndex) -> Place? {
    var place = newest(of: source)
    while let candidate = place, self.key(candidate) != key { place = older(than: candidate) }
    return place
  }

  package func key(_ place: Place) -> KeyIndex { KeyIndex(Int(slots[place.slot].key)) }

  /// Steps taken: one at the beginning.
  package func steps(_ place: Place) -> Int { Int(slots[place.slot].steps) }

  package func begun(_ place: Place) -> Timestamp { slots[place.slot].begun }

  /// What the reader remembers of an attempt; a change counts as no step.
  package subscript(place: Place) -> Progress {
    get { slots[place.slot].progress }
    set { slots[place.slot].progress = newValue }
  }

  /// Ends the attempts of a source whose time is over, and those that began after `now`: the clock went back.
  package mutating func endExpired(of source: IPAddress, at now: Timestamp) {
    var place = newest(of: source)
    while let candidate = place {
      place = older(than: candidate)
      if !slots[candidate.slot].isAlive(at: now) { end(candidate) }
    }
  }

  /// The first step towards a key. `lifetime` counts from `now` and is not renewed by later steps; what the same source had begun
  /// towards the same key ends.
  @discardableResult
  package mutating func begin(
    _ source: IPAddress, _ key: KeyIndex, _ progress: Progress, lifetime: Timestamp.Span, at now: Timestamp
  ) -> Place {
    if let earlier = find(source, key) { end(earlier) }
    if let crowded = oldestOfFull(source) { end(crowded) }
    if first.count == firstSteps, let oldest = first.oldest.position { end(Place(slot: oldest)) }
    let slot = Int(free.value)
    free = slots[slot].behind
    slots[slot] = AttemptSlot(
      source: source, steps: 1, key: UInt32(truncatingIfNeeded: key.value), begun: now, end: now + lifetime, progress: progress)
    chain(slot)
    first.append(slot, in: &slots)
    return Place(slot: slot)
  }

  /// One step more.
  package mutating func advance(_ place: Place) {
    guard slots[place.slot].steps > 0 else { return }
    unqueue(place.slot)
    slots[place.slot].steps = min(slots[place.slot].steps, .max - 1) + 1
    if later.count == laterSteps, let oldest = later.oldest.position { end(Place(slot: oldest)) }
    later.append(place.slot, in: &slots)
  }

  package mutating func end(_ place: Place) {
    guard slots[place.slot].steps > 0 else { return }
    unqueue(place.slot)
    unchain(place.slot)
    slots[place.slot].steps = 0
    slots[place.slot].behind = free
    free = SlotNumber(place.slot)
  }

  private mutating func unqueue(_ slot: Int) {
    if slots[slot].steps == 1 { first.remove(slot, in: &slots) } else { later.remove(slot, in: &slots) }
  }

  /// Nil while the source may begin one more.
  private func oldestOfFull(_ source: IPAddress) -> Place? {
    var count = 0
    var last: Place?
    var place = newest(of: source)
    while let candidate = place {
      count += 1
      last = candidate
      place = older(than: candidate)
    }
    return count < perSource ? nil : last
  }

  private mutating func chain(_ slot: Int) {
    let source = slots[slot].source
    guard let newest = index.find(source, in: slots) else { return index.insert(slot, source) }
    slots[slot].older = SlotNumber(newest)
    slots[newest].newer = SlotNumber(slot)
    index.replace(newest, by: slot, source)
  }

  private mutating func unchain(_ slot: Int) {
    let (newer, older) = (slots[slot].newer, slots[slot].older)
    if let position = older.position { slots[position].newer = newer }
    if let position = newer.position {
      slots[position].older = older
    } else if let position = older.position {
      index.replace(slot, by: position, slots[slot].source)
    } else {
      index.remove(slot, in: slots)
    }
  }
}

/// Defaults and bounds of the table; each sequence protocol that is in use has one of its own.
package enum AttemptLimit {
  /// About 5 MB where the progress is one word. A first step survives 49,151 younger ones: half a second of a flood of 100,000 packets
  /// a second.
  package static let capacity = 65_536
  package static let highestCapacity = 1 << 20
  /// Sequences that share their beginning are attempts side by side.
  package static let perSource = 16
}
