// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Finds the newest attempt of a source: open addressing with linear probing, at most half full, no allocation after `init`.
///
/// The sources themselves stay in the slots, which every call is lent. Where a source stands depends on a seed that strangers do not
/// know, so that they cannot choose addresses that collide.
struct SourceIndex: Sendable {
  private var cells: [SlotNumber]
  private let mask: Int
  private let hash: AddressHash

  init(capacity: Int, seed: UInt64) {
    var size = 2
    while size < 2 * capacity { size *= 2 }
    cells = Array(repeating: .none, count: size)
    mask = size - 1
    hash = AddressHash(seed: seed)
  }

  func find<Progress>(_ source: IPAddress, in slots: [AttemptSlot<Progress>]) -> Int? {
    var cell = home(source)
    while let slot = cells[cell].position {
      if slots[slot].source == source { return slot }
      cell = (cell + 1) & mask
    }
    return nil
  }

  /// The caller has made sure that the slot's source is not there yet.
  mutating func insert(_ slot: Int, _ source: IPAddress) {
    var cell = home(source)
    while cells[cell] != .none { cell = (cell + 1) & mask }
    cells[cell] = SlotNumber(slot)
  }

  /// Another attempt of the same source stands for it from now on.
  mutating func replace(_ slot: Int, by other: Int, _ source: IPAddress) {
    if let cell = cell(of: slot, source) { cells[cell] = SlotNumber(other) }
  }

  /// Closes the hole by moving back what had probed past it (Knuth, TAOCP 6.4, algorithm R), so that no tombstones pile up.
  mutating func remove<Progress>(_ slot: Int, in slots: [AttemptSlot<Progress>]) {
    guard var hole = cell(of: slot, slots[slot].source) else { return }
    var cell = (hole + 1) & mask
    while let other = cells[cell].position {
      let distance = (cell - home(slots[other].source)) & mask
      if distance >= (cell - hole) & mask {
        cells[hole] = cells[cell]
        hole = cell
      }
      cell = (cell + 1) & mask
    }
    cells[hole] = .none
  }

  private func cell(of slot: Int, _ source: IPAddress) -> Int? {
    var cell = home(source)
    while cells[cell] != .none {
      if cells[cell] == SlotNumber(slot) { return cell }
      cell = (cell + 1) & mask
    }
    return nil
  }

  private func home(_ source: IPAddress) -> Int { Int(truncatingIfNeeded: hash.value(source)) & mask }
}
