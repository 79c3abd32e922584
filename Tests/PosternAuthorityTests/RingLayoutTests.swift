// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import Testing

@Suite struct RingLayoutTests {
  @Test(arguments: [1, 8, 1000, RingLayout.maximumSlots]) func sizeTellsLayout(_ slots: Int) throws {
    let size = try layout(slots).fileSize
    #expect(RingLayout(fileSize: size)?.slotCount == slots)
    #expect(RingLayout(fileSize: size - 1) == nil)
    #expect(size <= RingLayout.maximumFileSize)
  }

  @Test(arguments: [0, -1, RingLayout.maximumSlots + 1]) func refused(_ slots: Int) {
    #expect(RingLayout(slotCount: slots) == nil)
  }

  @Test(arguments: [-64, 0, 64, 4096, 8192, 8255]) func tooShort(_ size: Int) { #expect(RingLayout(fileSize: size) == nil) }

  @Test(
    arguments: [
      (1, 10, 5, 26), (100, 10, 5, 2_600), (0, 10, 5, 1), (1, 1, 0, RingLayout.maximumSlots),
      (.max, 10, 5, RingLayout.maximumSlots),
    ] as [(Int, UInt32, Int64, Int)])
  func slotsNeeded(_ keys: Int, _ burst: UInt32, _ refill: Int64, _ expected: Int) {
    let limit = GateTables.KeyBucket(burst: burst, refill: .seconds(refill))
    #expect(RingLayout.slotsNeeded(keys: keys, limit: limit, window: window) == expected)
  }

  /// One key at its limits, its stamps as far in the future as they may be, never finds the ring full.
  @Test func slotsNeededSuffice() throws {
    let limit = GateTables.KeyBucket(burst: 10, refill: .seconds(5))
    let slots = RingLayout.slotsNeeded(keys: 1, limit: limit, window: window)
    var window = ReplayWindow(slotCount: slots, window: window)
    var bucket = TokenBucket()
    var recorded = UInt64(0)
    for tick in 0..<6_000 {
      let now = start + .milliseconds(Int64(tick) * 100)
      guard bucket.take(limit, at: now) else { continue }
      recorded += 1
      try window.record(knock(recorded).id, stamp: now + .seconds(15), key: 0, at: now)
    }
    #expect(recorded == 10 + 119)
  }
}
