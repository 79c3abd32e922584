// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables

/// Where things stand in the ring file: two copies of the header, each in a page of its own, then the slots of each protocol kind.
package struct RingLayout: Hashable, Sendable {
  /// The kinds in the order of their slots.
  package static let kinds = KnockProtocol.allCases
  /// A power of two, so that no slot lies across two sectors.
  package static let slotBytes = 64
  package static let headerBytes = 512
  /// One page, so that a page that goes bad takes one header with it.
  package static let headerStride = 4096
  /// Bounds the memory that a file can make its reader take: 64 MiB a kind.
  package static let maximumSlots = 1 << 20

  /// Slots of each kind.
  package let slotCount: Int

  /// Nil for no slots, and for more than ``maximumSlots``.
  package init?(slotCount: Int) {
    guard (1...Self.maximumSlots).contains(slotCount) else { return nil }
    self.slotCount = slotCount
  }

  /// The layout whose file is exactly this long; nil when there is none.
  package init?(fileSize: Int) {
    let (slots, rest) = (fileSize - 2 * Self.headerStride).quotientAndRemainder(dividingBy: Self.slotBytes * Self.kinds.count)
    guard rest == 0 else { return nil }
    self.init(slotCount: slots)
  }

  package var fileSize: Int { slotsOffset(Self.kinds.count) }
  package static let maximumFileSize = 2 * headerStride + maximumSlots * slotBytes * kinds.count

  func headerOffset(_ copy: Int) -> Int { copy * Self.headerStride }
  func slotsOffset(_ kind: Int) -> Int { 2 * Self.headerStride + kind * slotCount * Self.slotBytes }

  /// Slots that no set of keys within its limits can fill: sum over keys of burst + rate x window, each key's last partial token
  /// included.
  package static func slotsNeeded(keys: Int, limit: GateTables.KeyBucket, window: FreshnessWindow) -> Int {
    let width = window.past.nanoseconds + window.future.nanoseconds
    let refills = limit.refill.nanoseconds > 0 ? Int(width / limit.refill.nanoseconds) + 1 : maximumSlots
    let (slots, overflow) = keys.multipliedReportingOverflow(by: Int(limit.burst) + refills)
    return overflow ? maximumSlots : min(max(slots, 1), maximumSlots)
  }
}
