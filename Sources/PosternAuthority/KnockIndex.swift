// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Finds the slot of a knock id: open addressing with linear probing, at most half full, no allocation after `init`.
///
/// The ids themselves stay in the slots, which every call is lent.
struct KnockIndex: Sendable {
  /// Slot number + 1; zero is a free cell.
  private var cells: [UInt32]
  private let mask: Int

  init(slotCount: Int) {
    var size = 2
    while size < 2 * slotCount { size *= 2 }
    cells = Array(repeating: 0, count: size)
    mask = size - 1
  }

  func find(_ id: Bytes16, in slots: [RingSlot]) -> Int? {
    var cell = home(id)
    while cells[cell] != 0 {
      let slot = Int(cells[cell]) - 1
      if slots[slot].id == id { return slot }
      cell = (cell + 1) & mask
    }
    return nil
  }

  /// The caller has made sure that the slot's id is not there yet.
  mutating func insert(_ slot: Int, in slots: [RingSlot]) {
    var cell = home(slots[slot].id)
    while cells[cell] != 0 { cell = (cell + 1) & mask }
    cells[cell] = UInt32(slot) + 1
  }

  /// Closes the hole by moving back what had probed past it (Knuth, TAOCP 6.4, algorithm R), so that no tombstones pile up.
  mutating func remove(_ slot: Int, in slots: [RingSlot]) {
    guard var hole = cell(of: slot, in: slots) else { return }
    var cell = (hole + 1) & mask
    while cells[cell] != 0 {
      let distance = (cell - home(slots[Int(cells[cell]) - 1].id)) & mask
      if distance >= (cell - hole) & mask {
        cells[hole] = cells[cell]
        hole = cell
      }
      cell = (cell + 1) & mask
    }
    cells[hole] = 0
  }

  private func cell(of slot: Int, in slots: [RingSlot]) -> Int? {
    var cell = home(slots[slot].id)
    while cells[cell] != 0 {
      if Int(cells[cell]) - 1 == slot { return cell }
      cell = (cell + 1) & mask
    }
    return nil
  }

  private func home(_ id: Bytes16) -> Int { Int(truncatingIfNeeded: id.high ^ id.low) & mask }
}
