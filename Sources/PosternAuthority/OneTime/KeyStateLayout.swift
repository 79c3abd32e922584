// SPDX-License-Identifier: Apache-2.0

/// Where things stand in the file of key states: a header in a page of its own, then the slots.
package struct KeyStateLayout: Hashable, Sendable {
  /// A power of two, so that no slot lies across two sectors.
  package static let slotBytes = 128
  package static let headerBytes = 64
  package static let slotsOffset = 4096
  /// Twice the keys that tables can hold.
  package static let maximumSlots = 1 << 17
  package static let leastSlots = 256
  package static let maximumFileSize = slotsOffset + maximumSlots * slotBytes

  package let slotCount: Int

  /// Nil for no slots, and for more than ``maximumSlots``.
  package init?(slotCount: Int) {
    guard (1...Self.maximumSlots).contains(slotCount) else { return nil }
    self.slotCount = slotCount
  }

  /// The layout whose file is exactly this long; nil when there is none.
  package init?(fileSize: Int) {
    let (slots, rest) = (fileSize - Self.slotsOffset).quotientAndRemainder(dividingBy: Self.slotBytes)
    guard rest == 0 else { return nil }
    self.init(slotCount: slots)
  }

  /// Room for every key, and as much again for keys that left the configuration and may come back.
  package init(keys: Int) { slotCount = min(max(2 * keys, Self.leastSlots), Self.maximumSlots) }

  package var fileSize: Int { Self.slotsOffset + slotCount * Self.slotBytes }

  func offset(ofSlot slot: Int) -> Int { Self.slotsOffset + slot * Self.slotBytes }
}
