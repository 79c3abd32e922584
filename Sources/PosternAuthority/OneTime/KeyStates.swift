// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The states of all client keys that need one, and what of them the file does not hold yet.
///
/// It writes nothing itself: ``unwritten()`` gives the bytes, ``markWritten(_:)`` is told of success. What is not confirmed is given
/// again, so a failed write loses nothing.
package struct KeyStates: Sendable {
  /// A client key that needs a state.
  package struct Tracked: Hashable, Sendable {
    package var key: KeyIndex
    package var fingerprint: UInt64
    /// A number that the configuration raises to begin anew.
    package var renewal: UInt32

    package init(key: KeyIndex, fingerprint: UInt64, renewal: UInt32) {
      self.key = key
      self.fingerprint = fingerprint
      self.renewal = renewal
    }
  }

  /// What one wake-up changes in the file: each run one write, in order, and all of them before any grant leaves.
  package struct Batch: Hashable, Sendable {
    package let runs: [RingBatch.Run]
    let changed: Set<Int>

    package var isEmpty: Bool { runs.isEmpty }
  }

  private let layout: KeyStateLayout
  private let machine: Bytes16
  private var slots: [KeyStateSlot]
  /// The slot of each tracked key, by its index.
  private var places: [Int: Int] = [:]
  /// Tracked keys for which there is no slot: nothing of theirs can be remembered.
  private var homeless: Set<Int> = []
  private var changed: Set<Int> = []
  private var nextSequence: UInt64
  /// The whole file is still to be written.
  private var isUnformatted: Bool

  /// Takes up a file. A key that is not found in it begins with nothing spent, unless the file is not all that was written: then the
  /// key's state is lost, as is that of every key in a file of another machine.
  package init(
    _ reading: KeyStateReading, layout: KeyStateLayout, machine: Bytes16, history: RingHistory, tracking keys: [Tracked]
  ) {
    self.layout = layout
    self.machine = machine
    let image = Self.image(reading)
    let found = Array((image?.slots ?? []).prefix(layout.slotCount))
    slots = found + Array(repeating: .empty, count: layout.slotCount - found.count)
    nextSequence = (found.lazy.map(\.sequence).max() ?? 0) &+ 1
    let isForeign = image.map { $0.machine != machine } ?? false
    let isWhole = image.map { $0.damagedSlots == 0 && !isForeign } ?? (reading == .missing && history == .new)
    isUnformatted = !isWhole || image?.slots.count != layout.slotCount
    if isForeign { loseAll() }
    take(keys, isWhole: isWhole)
  }

  /// Without a file, where nothing was ever accepted: for tests and explanations.
  package init(tracking keys: [Tracked]) {
    self.init(.missing, layout: KeyStateLayout(keys: keys.count), machine: .zero, history: .new, tracking: keys)
  }

  private static func image(_ reading: KeyStateReading) -> KeyStateImage? {
    if case .file(let image) = reading { image } else { nil }
  }

  private mutating func loseAll() {
    for place in slots.indices where !slots[place].isEmpty { slots[place].state.isLost = true }
  }

  private mutating func take(_ keys: [Tracked], isWhole: Bool) {
    let found = Dictionary(
      slots.indices.filter { !slots[$0].isEmpty }.map { (slots[$0].fingerprint, $0) },
      uniquingKeysWith: { slots[$0].sequence > slots[$1].sequence ? $0 : $1 })
    var free = freeSlots(beside: Set(keys.map(\.fingerprint)))
    for key in keys {
      if let place = found[key.fingerprint] {
        places[key.key.value] = place
        if key.renewal > slots[place].state.renewal { write(.fresh(renewal: key.renewal), at: place) }
      } else if let place = free.popLast() {
        places[key.key.value] = place
        let state = isWhole ? KeyState.fresh(renewal: key.renewal) : .lost(renewal: key.renewal)
        slots[place] = KeyStateSlot(fingerprint: key.fingerprint, sequence: 0, state: state)
        if !isWhole { write(state, at: place) }
      } else {
        homeless.insert(key.key.value)
      }
    }
  }

  /// To be taken from the end: slots that were never used, then those of keys that are not tracked, the oldest first.
  private func freeSlots(beside fingerprints: Set<UInt64>) -> [Int] {
    let others = slots.indices.filter { !slots[$0].isEmpty && !fingerprints.contains(slots[$0].fingerprint) }
    return others.sorted { slots[$0].sequence > slots[$1].sequence } + slots.indices.filter { slots[$0].isEmpty }.reversed()
  }

  /// The state of a key; nil for a key that needs none. Refuses as `keyStateLost` what is not to be relied on.
  package func state(of key: KeyIndex) throws(Denial) -> KeyState? {
    guard !homeless.contains(key.value) else { throw .keyStateLost }
    guard let place = places[key.value] else { return nil }
    guard !slots[place].state.isLost else { throw .keyStateLost }
    return slots[place].state
  }

  /// Remembers a key's state from now on; nothing changes for a key that has none.
  package mutating func set(_ state: KeyState, of key: KeyIndex) {
    guard let place = places[key.value], slots[place].state != state else { return }
    write(state, at: place)
  }

  private mutating func write(_ state: KeyState, at place: Int) {
    slots[place] = KeyStateSlot(fingerprint: slots[place].fingerprint, sequence: nextSequence, state: state)
    nextSequence &+= 1
    changed.insert(place)
  }

  /// What is to be written before the grants of this wake-up leave.
  package func unwritten() -> Batch {
    guard isUnformatted else { return Batch(runs: changed.sorted().map(run), changed: changed) }
    let image = KeyStateImage(machine: machine, slots: slots)
    // The header last: a file that breaks off before it is not taken for sound.
    let runs = [
      RingBatch.Run(offset: KeyStateLayout.slotsOffset, bytes: image.encodedSlots()),
      RingBatch.Run(offset: 0, bytes: image.encodedHeader()),
    ]
    return Batch(runs: runs, changed: changed)
  }

  /// The batch that ``unwritten()`` gave is in the file.
  package mutating func markWritten(_ batch: Batch) {
    if !batch.isEmpty { isUnformatted = false }
    changed.subtract(batch.changed)
  }

  private func run(_ slot: Int) -> RingBatch.Run {
    var writer = WireWriter(capacity: KeyStateLayout.slotBytes)
    slots[slot].encode(into: &writer)
    return RingBatch.Run(offset: layout.offset(ofSlot: slot), bytes: writer.bytes)
  }
}
