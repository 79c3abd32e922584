// SPDX-License-Identifier: Apache-2.0
import PosternGate
import Testing

extension LoadMeter {
  fileprivate mutating func note(_ count: UInt64, at now: UInt64) -> Bool {
    add(count)
    return turns(at: now)
  }
}

@Suite struct LoadMeterTests {
  /// Feeds so many packets a second, a millisecond at a time; answers after how many milliseconds the meter changed.
  private static func feed(_ meter: inout LoadMeter, _ rate: UInt64, from start: UInt64, milliseconds: UInt64) -> UInt64? {
    for millisecond in 1...milliseconds {
      if meter.note(rate / 1000, at: start + millisecond * 1_000_000) { return millisecond }
    }
    return nil
  }

  @Test func busyAboveTheUpperBoundIdleBelowTheLower() {
    var meter = LoadMeter()
    let first = meter.note(0, at: 1_000_000_000)
    #expect(!first && !meter.isBusy)
    let change1 = Self.feed(&meter, LoadMeter.busy, from: 1_000_000_000, milliseconds: 500)
    #expect(change1 == nil, "exactly the bound is not above it")
    let change2 = Self.feed(&meter, 100_000, from: 1_500_000_000, milliseconds: 500)
    #expect(change2 == 20)
    #expect(meter.isBusy)
    let change3 = Self.feed(&meter, 20_000, from: 1_520_000_000, milliseconds: 500)
    #expect(change3 == nil, "between the bounds nothing changes")
    let change4 = Self.feed(&meter, 1000, from: 2_020_000_000, milliseconds: 500)
    #expect(change4 == 20)
    #expect(!meter.isBusy)
  }

  @Test func aPauseEndsTheLoad() {
    var meter = LoadMeter()
    _ = meter.note(0, at: 1_000_000_000)
    let began = meter.note(10_000, at: 1_020_000_000)
    let ended = meter.note(0, at: 1_070_000_000)
    #expect(began && ended && !meter.isBusy, "nothing came for 50 ms")
  }

  @Test func aBurstOfAThousandIsNoLoad() {
    var meter = LoadMeter()
    _ = meter.note(0, at: 10_000_000_000)
    let changed = meter.note(300, at: 10_020_000_000)
    #expect(!changed && !meter.isBusy)
  }
}
