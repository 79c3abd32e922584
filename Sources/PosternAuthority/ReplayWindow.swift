// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The memory of spent knocks of one protocol kind: a ring of slots with a floor under it.
///
/// No id is accepted twice, in any order of stamps and whatever the clock does: an id is found in its slot, and once the slot is
/// reused, its stamp lies at or below the floor. Nothing is allocated after `init`.
package struct ReplayWindow: Sendable {
  /// Stamps up to here are refused for ever.
  package private(set) var floor: Timestamp
  /// The sequence of the next record; it goes to slot `head` modulo slot count.
  package private(set) var head: UInt64
  package private(set) var slots: [RingSlot]
  private var index: KnockIndex
  private let past: Timestamp.Span

  package init(slotCount: Int, window: FreshnessWindow) {
    self.init(slots: Array(repeating: .empty, count: max(slotCount, 1)), floor: .zero, window: window)
  }

  /// Takes up where a sound ring file ends.
  package init(slots: [RingSlot], floor: Timestamp, window: FreshnessWindow) {
    self.slots = slots
    self.floor = floor
    past = window.past
    head = (slots.lazy.map(\.sequence).max() ?? 0) + 1
    index = KnockIndex(slotCount: slots.count)
    for slot in slots.indices where !slots[slot].isEmpty { index.insert(slot, in: slots) }
  }

  /// Refuses a stamp at or below the floor as `belowFloor`, a seen id as `replay`.
  package func check(_ id: Bytes16, stamp: Timestamp) throws(Denial) {
    guard stamp > floor else { throw .belowFloor }
    guard index.find(id, in: slots) == nil else { throw .replay }
  }

  /// Spends a knock that passed ``check(_:stamp:)`` and gives its slot, which is then to be written; refuses as `ringFull` while the
  /// oldest record's stamp is still inside the window.
  @discardableResult
  package mutating func record(_ id: Bytes16, stamp: Timestamp, key: UInt64, at now: Timestamp) throws(Denial) -> Int {
    let slot = Int(head % UInt64(slots.count))
    if !slots[slot].isEmpty { try release(slot, at: now) }
    slots[slot] = RingSlot(id: id, stamp: stamp, key: key, sequence: head)
    index.insert(slot, in: slots)
    head += 1
    return slot
  }

  /// Refuses all stamps up to `moment` from now on.
  package mutating func raiseFloor(to moment: Timestamp) { floor = max(floor, moment) }

  /// The floor goes to the window's very edge, not just to the slot's stamp: it refuses nothing that is fresh, and the slots that
  /// are reused next mostly lie below it already, so the header is written rarely.
  private mutating func release(_ slot: Int, at now: Timestamp) throws(Denial) {
    let edge = now - past
    let stamp = slots[slot].stamp
    guard stamp < edge else { throw .ringFull }
    if stamp > floor { raiseFloor(to: edge - Timestamp.Span(nanoseconds: 1)) }
    index.remove(slot, in: slots)
  }
}
