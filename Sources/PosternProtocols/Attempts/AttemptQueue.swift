// SPDX-License-Identifier: Apache-2.0

/// Attempts in the order in which they came here, linked through their slots: both ends and every removal in constant time.
struct AttemptQueue: Sendable {
  private(set) var count = 0
  private(set) var oldest = SlotNumber.none
  private var youngest = SlotNumber.none

  mutating func append<Progress>(_ slot: Int, in slots: inout [AttemptSlot<Progress>]) {
    slots[slot].before = youngest
    slots[slot].behind = .none
    if let last = youngest.position { slots[last].behind = SlotNumber(slot) } else { oldest = SlotNumber(slot) }
    youngest = SlotNumber(slot)
    count += 1
  }

  /// The caller knows that it is in this queue.
  mutating func remove<Progress>(_ slot: Int, in slots: inout [AttemptSlot<Progress>]) {
    let (before, behind) = (slots[slot].before, slots[slot].behind)
    if let position = before.position { slots[position].behind = behind } else { oldest = behind }
    if let position = behind.position { slots[position].before = before } else { youngest = before }
    count -= 1
  }
}
