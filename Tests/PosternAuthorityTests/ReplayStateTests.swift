// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

@Suite struct ReplayStateTests {
  private func flush(_ replay: inout ReplayState, to disk: inout Disk, at now: Timestamp) {
    let batch = replay.unwritten(latest: now)
    disk.write(batch)
    replay.markWritten(batch)
  }

  @Test func firstBatchIsTheWholeFile() throws {
    var disk = try Disk(slots: 4)
    disk.bytes = disk.bytes.map { _ in 0xaa }
    var replay = try state(disk.reading, slots: 4)
    flush(&replay, to: &disk, at: start)
    #expect(try state(disk.reading, slots: 4).fence == .owed)
    replay.payFence(at: start)
    flush(&replay, to: &disk, at: start)
    let again = try state(disk.reading, slots: 4, history: .known)
    #expect(again.fence == nil)
    #expect(again.floor == start + .seconds(15))
    #expect(again.unwritten(latest: start).isEmpty)
  }

  @Test func oneRunAWakeUp() throws {
    var replay = try state(.missing, slots: 8)
    var disk = try Disk(slots: 8)
    flush(&replay, to: &disk, at: start)
    for number in UInt64(1)...5 { try replay.record(knock(number), key: 0, at: start) }
    let batch = replay.unwritten(latest: start)
    #expect(batch.runs.map(\.offset) == [8192 + 64])
    #expect(batch.runs.map(\.bytes.count) == [5 * 64])
    #expect(replay.unwritten(latest: start) == batch)
    replay.markWritten(batch)
    #expect(replay.unwritten(latest: start).isEmpty)
  }

  @Test func wrapGivesTwoRunsAndFloorGoesFirst() throws {
    var replay = try state(.missing, slots: 4)
    var disk = try Disk(slots: 4)
    for number in UInt64(1)...2 { try replay.record(knock(number), key: 0, at: start) }
    flush(&replay, to: &disk, at: start)
    let later = start + .seconds(100)
    for number in UInt64(3)...6 { try replay.record(knock(number, later), key: 0, at: later) }
    // Only `later` differs from the header's latest by less than the lag: the floor alone makes the header due.
    let batch = replay.unwritten(latest: start)
    #expect(batch.runs.map(\.offset) == [0, 4096, 8192 + 3 * 64, 8192])
    #expect(batch.runs.map(\.bytes.count) == [512, 512, 64, 3 * 64])
  }

  @Test func latestIsWrittenLazilyAndOnlyWithRecords() throws {
    var replay = try state(.missing, slots: 8)
    var disk = try Disk(slots: 8)
    flush(&replay, to: &disk, at: start)
    #expect(replay.unwritten(latest: start + .seconds(60)).isEmpty)
    try replay.record(knock(1), key: 0, at: start)
    #expect(replay.unwritten(latest: start + .milliseconds(999)).runs.count == 1)
    #expect(replay.unwritten(latest: start + .seconds(1)).runs.count == 3)
    flush(&replay, to: &disk, at: start + .seconds(1))
    #expect(try state(disk.reading, slots: 8).latest == start + .seconds(1))
    #expect(disk.reading.header?.latest == start + .seconds(1))
  }

  @Test func failedWriteIsGivenAgain() throws {
    var replay = try state(.missing, slots: 8)
    var disk = try Disk(slots: 8)
    flush(&replay, to: &disk, at: start)
    try replay.record(knock(1), key: 0, at: start)
    _ = replay.unwritten(latest: start)
    try replay.record(knock(2), key: 0, at: start)
    flush(&replay, to: &disk, at: start)
    let again = try state(disk.reading, slots: 8)
    #expect(denial { () throws(Denial) in try again.check(knock(1)) } == .replay)
    #expect(denial { () throws(Denial) in try again.check(knock(2)) } == .replay)
  }

  /// Writes fail while the whole ring goes round: the newest records and the floor are what counts then.
  @Test func failuresForMoreThanARound() throws {
    var replay = try state(.missing, slots: 4)
    var disk = try Disk(slots: 4)
    flush(&replay, to: &disk, at: start)
    for number in UInt64(1)...11 {
      let now = start + .seconds(Int64(number) * 40)
      try replay.record(knock(number, now), key: 0, at: now)
    }
    flush(&replay, to: &disk, at: start + .seconds(440))
    let again = try state(disk.reading, slots: 4, history: .known)
    #expect(again.fence == nil)
    for number in UInt64(1)...11 {
      let stamp = start + .seconds(Int64(number) * 40)
      #expect(
        denial { () throws(Denial) in try again.check(knock(number, stamp)) }
          == denial { () throws(Denial) in try replay.check(knock(number, stamp)) })
    }
  }

  @Test func tornHeaderSurvives() throws {
    var replay = try state(.missing, slots: 2)
    var disk = try Disk(slots: 2)
    for number in UInt64(1)...2 { try replay.record(knock(number), key: 0, at: start) }
    flush(&replay, to: &disk, at: start)
    let later = start + .seconds(100)
    try replay.record(knock(3, later), key: 0, at: later)
    let batch = replay.unwritten(latest: later)
    for copy in 0...1 {
      for length in 0...512 {
        var torn = disk
        if copy == 1 { torn.write(batch.runs[0], 512) }
        torn.write(batch.runs[copy], length)
        let again = try state(torn.reading, slots: 2, history: .known)
        guard again.fence == nil, denial({ () throws(Denial) in try again.check(knock(1)) }) != nil,
          denial({ () throws(Denial) in try again.check(knock(2)) }) != nil
        else {
          Issue.record("copy \(copy) length \(length)")
          return
        }
        if copy == 1 { #expect(again.floor == replay.floor) }
      }
    }
  }

  @Test func fenceOwedOutlivesARestart() throws {
    var disk = try Disk(slots: 2)
    var first = try state(.missing, slots: 2, history: .known)
    flush(&first, to: &disk, at: .zero)
    var second = try state(disk.reading, slots: 2, history: .known)
    #expect(second.fence == .owed)
    second.payFence(at: start)
    flush(&second, to: &disk, at: start)
    let third = try state(disk.reading, slots: 2, history: .known)
    #expect(third.fence == nil)
    #expect(third.floor == start + .seconds(15))
  }

  @Test(arguments: [1, 3, 5]) func ringOfAnotherSizeIsTakenOver(_ slots: Int) throws {
    var replay = try state(try written(slots: 4).reading, slots: slots, history: .known)
    #expect(replay.fence == nil)
    #expect(denial { () throws(Denial) in try replay.check(knock(1)) } == .replay)
    var disk = try Disk(slots: slots)
    flush(&replay, to: &disk, at: start)
    let again = try state(disk.reading, slots: slots, history: .known)
    #expect(again.fence == nil)
    #expect(denial { () throws(Denial) in try again.check(knock(1)) } == .replay)
  }

  @Test(arguments: ["boot", "machine", "gateway", "missing", "damaged"])
  func fenced(_ what: String) throws {
    var disk = try written(slots: 4)
    var identity = identity
    switch what {
    case "boot": identity.boot.high = 77
    case "machine": identity.machine.high = 77
    case "gateway": identity.gateway = 77
    case "missing": disk.bytes = []
    default: disk.bytes[8192 + 64 + 20] ^= 1
    }
    var replay = try state(disk.reading, slots: 4, identity: identity, history: .known)
    replay.payFence(at: start)
    #expect(replay.fence != nil)
    #expect(denial { () throws(Denial) in try replay.check(knock(1)) } == .belowFloor)
    #expect(denial { () throws(Denial) in try replay.check(knock(50, start + .seconds(15))) } == .belowFloor)
    disk = try Disk(slots: 4)
    let batch = replay.unwritten(latest: start)
    #expect(!batch.isEmpty)
  }

  private func written(slots: Int) throws -> Disk {
    var replay = try state(.missing, slots: slots)
    var disk = try Disk(slots: slots)
    try replay.record(knock(1), key: 0, at: start)
    flush(&replay, to: &disk, at: start)
    return disk
  }

  /// Random knocks, random failures of writes, random restarts: what was accepted and written is never accepted again, and a ring
  /// that was reloaded answers as the one it was written from.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func restarts(_ seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let slots = Int.random(in: 3...40, using: &random)
    var replay = try state(.missing, slots: slots)
    var disk = try Disk(slots: slots)
    var granted: [Knock] = []
    var now = start
    for round in UInt64(0)..<3_000 {
      now = now + .milliseconds(Int64.random(in: -200...9_000, using: &random))
      var wakeUp: [Knock] = []
      for number in 0..<UInt64.random(in: 0...6, using: &random) {
        let knock = knock(round << 8 | number, now + .milliseconds(Int64.random(in: -60_000...15_000, using: &random)))
        let answer = denial { () throws(Denial) in
          try replay.check(knock)
          try replay.record(knock, key: 0, at: now)
        }
        if answer == nil { wakeUp.append(knock) }
      }
      let batch = replay.unwritten(latest: now)
      switch random.next() % 8 {
      case 0: break
      case 1: for run in batch.runs.dropLast() { disk.write(run, run.bytes.count) }
      default:
        disk.write(batch)
        replay.markWritten(batch)
        granted += wakeUp
        guard random.next() % 4 == 0 else { break }
        let again = try state(disk.reading, slots: slots, history: .known)
        #expect(again.fence == nil && again.floor == replay.floor)
        for old in granted.suffix(100) {
          let answers = [again, replay].map { state in denial { () throws(Denial) in try state.check(old) } }
          #expect(answers[0] != nil && answers[0] == answers[1])
        }
        replay = again
      }
    }
    #expect(granted.count > 500)
  }
}
