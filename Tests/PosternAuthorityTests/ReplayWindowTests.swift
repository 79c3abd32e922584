// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

@Suite struct ReplayWindowTests {
  private func offer(_ ring: inout ReplayWindow, _ id: UInt64, _ stamp: Timestamp, at now: Timestamp) -> Denial? {
    let id = Bytes16(high: 0, low: id)
    return denial { () throws(Denial) in
      try ring.check(id, stamp: stamp)
      try ring.record(id, stamp: stamp, key: 7, at: now)
    }
  }

  @Test func anyOrderOnce() {
    var ring = ReplayWindow(slotCount: 8, window: window)
    for (id, offset) in [(1, 0), (2, -60), (3, 15), (4, -30)] as [(UInt64, Int64)] {
      #expect(offer(&ring, id, start + .seconds(offset), at: start) == nil)
      #expect(offer(&ring, id, start + .seconds(offset), at: start) == .replay)
    }
  }

  @Test func fullUntilTheOldestLeavesTheWindow() {
    var ring = ReplayWindow(slotCount: 2, window: window)
    #expect(offer(&ring, 1, start, at: start) == nil)
    #expect(offer(&ring, 2, start + .seconds(1), at: start) == nil)
    #expect(offer(&ring, 3, start + .seconds(2), at: start + .seconds(60)) == .ringFull)
    #expect(ring.floor == .zero)
    let later = start + .seconds(60) + Timestamp.Span(nanoseconds: 1)
    #expect(offer(&ring, 3, start + .seconds(2), at: later) == nil)
    #expect(ring.floor == start)
  }

  @Test func reusedSlotStaysRefusedWhateverTheClock() {
    var ring = ReplayWindow(slotCount: 1, window: window)
    #expect(offer(&ring, 1, start, at: start) == nil)
    #expect(offer(&ring, 2, start + .seconds(100), at: start + .seconds(100)) == nil)
    #expect(offer(&ring, 1, start, at: start) == .belowFloor)
    #expect(ring.floor == start + .seconds(40) - Timestamp.Span(nanoseconds: 1))
  }

  @Test func slotsBelowTheFloorMoveItNoMore() {
    var ring = ReplayWindow(slotCount: 2, window: window)
    _ = offer(&ring, 1, start, at: start)
    _ = offer(&ring, 2, start + .seconds(1), at: start)
    let later = start + .seconds(500)
    #expect(offer(&ring, 3, later, at: later) == nil)
    let floor = ring.floor
    #expect(offer(&ring, 4, later, at: later + .seconds(5)) == nil)
    #expect(ring.floor == floor)
  }

  @Test func recordTellsTheSlot() throws {
    var ring = ReplayWindow(slotCount: 3, window: window)
    let slots = try (1...3).map { try ring.record(knock($0).id, stamp: start, key: 7, at: start) }
    #expect(slots == [1, 2, 0])
    #expect(ring.slots[1] == RingSlot(id: knock(1).id, stamp: start, key: 7, sequence: 1))
  }

  /// Against a list of everything that was ever accepted, with a clock that runs and steps back, and ids that share their home cell.
  @Test(arguments: [(1, 1), (2, 7), (3, 64), (4, 200)] as [(UInt64, Int)])
  func model(_ seed: UInt64, _ capacity: Int) {
    var random = SeededGenerator(state: seed)
    var ring = ReplayWindow(slotCount: capacity, window: window)
    var accepted: [(id: UInt64, stamp: Timestamp)] = []
    var known: Set<UInt64> = []
    var now = start
    var (full, replays) = (0, 0)
    for step in UInt64(0)..<100_000 {
      now = now + .milliseconds(Int64.random(in: -500...2_000, using: &random))
      if random.next() % 500 == 0 { now = now - .seconds(14) }
      let old = random.next() % 3 == 0 ? accepted.suffix(3 * capacity).randomElement(using: &random) : nil
      let id = old?.id ?? (step << 12 | random.next() % 4)
      let stamp = old?.stamp ?? now + .milliseconds(Int64.random(in: -60_000...15_000, using: &random))
      let floor = ring.floor
      let isFull = accepted.count >= capacity && accepted[accepted.count - capacity].stamp >= now - window.past
      let answer = offer(&ring, id, stamp, at: now)
      let expected: Denial? = stamp <= floor ? .belowFloor : known.contains(id) ? .replay : isFull ? .ringFull : nil
      guard answer == expected, !known.contains(id) || answer != nil else {
        Issue.record("step \(step): \(String(describing: answer)) for \(String(describing: expected))")
        return
      }
      if answer == nil {
        accepted.append((id, stamp))
        known.insert(id)
      }
      full += answer == .ringFull ? 1 : 0
      replays += answer == .replay ? 1 : 0
    }
    #expect(accepted.count > 500 && replays > 500)
    #expect(capacity > 64 || full > 0)
    for (id, stamp) in accepted {
      #expect(denial { () throws(Denial) in try ring.check(Bytes16(high: 0, low: id), stamp: stamp) } != nil)
    }
  }
}
