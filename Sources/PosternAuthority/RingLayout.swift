// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables

/// Where things stand in the ring file of one protocol: two copies of the header, each in a page of its own, then the slots.
package struct RingLayout: Hashable, Sendable {
  /// A power of two, so that no slot lies across two sectors.
  package static let slotBytes = 64
  package static let headerBytes = 512
  /// One page, so that a page that goes bad takes one header with it.
  package static let headerStride = 4096
  /// Bounds the memory that a file can make its reader take: 64 MiB.
  package static let maximumSlots = 1 << 20

  package let kind: KnockProtocol
  /// How long the protocol's knocks are remembered.
  let window: FreshnessWindow
  package let slotCount: Int

  /// Nil for a protocol without memory, for no slots, and for more than ``maximumSlots``.
  package init?(_ kind: KnockProtocol = .spa, slotCount: Int) {
    guard let window = kind.window, (1...Self.maximumSlots).contains(slotCount) else { return nil }
    self.kind = kind
    self.window = window
    self.slotCount = slotCount
  }

  /// The layout whose file is exactly this long; nil when there is none.
  package init?(_ kind: KnockProtocol = .spa, fileSize: Int) {
    let (slots, rest) = (fileSize - Self.slotsOffset).quotientAndRemainder(dividingBy: Self.slotBytes)
    guard rest == 0 else { return nil }
    self.init(kind, slotCount: slots)
  }

  package var fileSize: Int { Self.slotsOffset + slotCount * Self.slotBytes }
  package static let maximumFileSize = slotsOffset + maximumSlots * slotBytes

  func headerOffset(_ copy: Int) -> Int { copy * Self.headerStride }
  package static let slotsOffset = 2 * headerStride

  /// Slots that no set of keys within its limits can fill: sum over keys of burst + rate x window, each key's last partial token
  /// included.
  package static func slotsNeeded(keys: Int, limit: GateTables.KeyBucket, window: FreshnessWindow) -> Int {
    let width = window.past.nanoseconds + window.future.nanoseconds
    let refills = limit.refill.nanoseconds > 0 ? Int(width / limit.refill.nanoseconds) + 1 : maximumSlots
    let (slots, overflow) = keys.multipliedReportingOverflow(by: Int(limit.burst) + refills)
    return overflow ? maximumSlots : min(max(slots, 1), maximumSlots)
  }
}
