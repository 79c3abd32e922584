// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

/// The memory of knocks that carry no time and never grow old.
@Suite struct EverlastingMemoryTests {
  private static let years = Timestamp.Span.seconds(50 * 31_536_000)

  private func memory(
    _ reading: RingReading = .missing, slots: Int = 8, history: RingHistory = .new, identity: RingIdentity = identity
  ) throws -> ReplayState {
    let layout = try #require(RingLayout(.doorman, slotCount: slots))
    return ReplayState(reading, layout: layout, identity: identity, history: history)
  }

  private func knocking(_ id: UInt64, at now: Timestamp = start) -> Knock {
    Knock(
      knockProtocol: .doorman, id: Bytes16(high: 0, low: id), stamp: now, key: KeyIndex(0), action: .open, wish: .door(nil),
      ipv4: .packetSource(port: nil), ipv6: .none)
  }

  private func refusal(_ replay: ReplayState, _ id: UInt64, at now: Timestamp = start) -> Denial? {
    denial { () throws(Denial) in try replay.check(knocking(id, at: now)) }
  }

  /// The bytes of its file after all that is unwritten was written.
  private func file(_ replay: inout ReplayState, slots: Int = 8) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: try #require(RingLayout(.doorman, slotCount: slots)).fileSize)
    let batch = replay.unwritten(latest: start)
    for run in batch.runs { bytes.replaceSubrange(run.offset..<run.offset + run.bytes.count, with: run.bytes) }
    replay.markWritten(batch)
    return bytes
  }

  @Test func nothingIsForgottenAndAFullMemoryRefuses() throws {
    var replay = try memory()
    for id in UInt64(1)...8 { try replay.record(knocking(id), key: 7, at: start) }
    let later = start + Self.years
    for id in UInt64(1)...8 { #expect(refusal(replay, id, at: later) == .replay) }
    #expect(refusal(replay, 9, at: later) == nil)
    #expect(denial { () throws(Denial) in try replay.record(knocking(9, at: later), key: 7, at: later) } == .ringFull)
  }

  @Test func onlyANearlyFullMemoryForgetsKeysThatAreGone() throws {
    var replay = try memory()
    for id in UInt64(1)...5 { try replay.record(knocking(id), key: id % 2, at: start) }
    replay.forgetKeys(otherThan: [0])
    #expect(refusal(replay, 1) == .replay, "there is room")
    try replay.record(knocking(6), key: 0, at: start)
    replay.forgetKeys(otherThan: [0, 1])
    #expect(refusal(replay, 1) == .replay, "every key is there")
    replay.forgetKeys(otherThan: [0])
    for id in UInt64(1)...6 { #expect(refusal(replay, id) == (id % 2 == 0 ? .replay : nil)) }
    for id in UInt64(11)...15 { try replay.record(knocking(id), key: 0, at: start) }
    #expect(denial { () throws(Denial) in try replay.record(knocking(16), key: 0, at: start) } == .ringFull)
  }

  /// What remains stands in the file, and is sound.
  @Test func forgettingRewritesTheFile() throws {
    var replay = try memory()
    for id in UInt64(1)...7 { try replay.record(knocking(id), key: id % 2, at: start) }
    let before = try file(&replay)
    var again = try memory(before.withBytes { RingImage.read($0, .doorman) }, history: .known)
    #expect(again.fence == nil)
    again.forgetKeys(otherThan: [0])
    let after = try file(&again)
    let last = try memory(after.withBytes { RingImage.read($0, .doorman) }, history: .known)
    #expect(last.fence == nil)
    for id in UInt64(1)...7 { #expect(refusal(last, id) == (id % 2 == 0 ? .replay : nil)) }
  }

  /// Writing goes through to the disk, so a boot loses nothing; a lost or cloned memory opens nothing more.
  @Test func fences() throws {
    var replay = try memory()
    try replay.record(knocking(1), key: 0, at: start)
    let bytes = try file(&replay)
    func reread(_ identity: RingIdentity) throws -> ReplayState {
      try memory(bytes.withBytes { RingImage.read($0, .doorman) }, history: .known, identity: identity)
    }
    var other = identity
    other.boot = Bytes16(high: 9, low: 9)
    #expect(try reread(other).fence == nil)
    other = identity
    other.machine = Bytes16(high: 9, low: 9)
    var cloned = try reread(other)
    #expect(cloned.fence == .otherMachine)
    cloned.payFence(at: start)
    #expect(refusal(cloned, 2, at: start + Self.years) == .belowFloor)
    var lost = try memory(history: .known)
    #expect(lost.fence == .missing)
    lost.payFence(at: start)
    #expect(refusal(lost, 2, at: start + Self.years) == .belowFloor)
  }
}
