// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

/// The file of key states without a file.
private struct StateDisk {
  var bytes: [UInt8]

  init(slots: Int) throws { bytes = Array(repeating: 0, count: try stateLayout(slots).fileSize) }

  mutating func write(_ batch: KeyStates.Batch) {
    for run in batch.runs { bytes.replaceSubrange(run.offset..<run.offset + run.bytes.count, with: run.bytes) }
  }

  var reading: KeyStateReading { bytes.withBytes { KeyStateImage.read($0) } }
}

private func stateLayout(_ slots: Int) throws -> KeyStateLayout {
  guard let layout = KeyStateLayout(slotCount: slots) else { throw NoLayout() }
  return layout
}

@Suite struct KeyStatesTests {
  private let machine = Bytes16(high: 3, low: 4)

  private func tracked(_ keys: Int..., renewal: UInt32 = 0) -> [KeyStates.Tracked] {
    keys.map { KeyStates.Tracked(key: KeyIndex($0), fingerprint: UInt64($0) + 0xa0, renewal: renewal) }
  }

  private func states(
    _ reading: KeyStateReading, slots: Int = 4, machine: Bytes16? = nil, history: RingHistory = .known,
    _ keys: [KeyStates.Tracked]
  ) throws -> KeyStates {
    KeyStates(reading, layout: try stateLayout(slots), machine: machine ?? self.machine, history: history, tracking: keys)
  }

  /// A file in which keys 1 and 2 have spent an index each.
  private func disk() throws -> StateDisk {
    var disk = try StateDisk(slots: 4)
    var states = try states(disk.reading, history: .new, tracked(1, 2))
    disk.write(states.unwritten())
    states.markWritten(states.unwritten())
    for key in 1...2 { try spend(UInt64(key * 100), of: key, in: &states) }
    disk.write(states.unwritten())
    return disk
  }

  private func spend(_ index: UInt64, of key: Int, in states: inout KeyStates) throws {
    var state = try #require(try states.state(of: KeyIndex(key)))
    let isFresh = state.indices.spend(index)
    #expect(isFresh)
    states.set(state, of: KeyIndex(key))
  }

  private func last(_ key: Int, _ states: KeyStates) throws -> UInt64? { try states.state(of: KeyIndex(key))?.indices.last }

  @Test func whatWasWrittenIsThereAgain() throws {
    let again = try states(try disk().reading, tracked(1, 2, 3))
    #expect(try [1, 2, 3, 9].map { try last($0, again) } == [100, 200, 0, nil])
    #expect(again.unwritten().isEmpty)
  }

  /// Positions of keys change with the configuration, their fingerprints do not.
  @Test func keysAreFoundByFingerprint() throws {
    let moved = [KeyStates.Tracked(key: KeyIndex(7), fingerprint: 0xa2, renewal: 0)]
    #expect(try last(7, try states(try disk().reading, moved)) == 200)
  }

  @Test func onlyChangesAreWritten() throws {
    var states = try states(try disk().reading, tracked(1, 2))
    try spend(201, of: 2, in: &states)
    #expect(states.unwritten().runs.map(\.bytes.count) == [KeyStateLayout.slotBytes])
    // A failed write is given again.
    #expect(states.unwritten() == states.unwritten())
    states.markWritten(states.unwritten())
    #expect(states.unwritten().isEmpty)
  }

  @Test func aMissingFileIsALossWhereOneWas() throws {
    let states = try states(try StateDisk(slots: 4).reading, tracked(1))
    #expect(denial { () throws(Denial) in _ = try states.state(of: KeyIndex(1)) } == .keyStateLost)
  }

  @Test func aLossIsRememberedUntilTheRenewal() throws {
    var disk = try StateDisk(slots: 4)
    disk.write(try states(disk.reading, tracked(1)).unwritten())
    let again = try states(disk.reading, tracked(1, 2))
    #expect(denial { () throws(Denial) in _ = try again.state(of: KeyIndex(1)) } == .keyStateLost)
    #expect(try last(2, again) == 0, "a key that came later lost nothing")
    let renewed = try states(disk.reading, tracked(1, renewal: 1))
    #expect(try last(1, renewed) == 0)
    disk.write(renewed.unwritten())
    #expect(try last(1, try states(disk.reading, tracked(1, renewal: 1))) == 0)
    // A renewal that is taken back changes nothing.
    #expect(try last(1, try states(disk.reading, tracked(1, renewal: 0))) == 0)
  }

  @Test func aRenewalBeginsAnew() throws {
    let renewed = try states(try disk().reading, tracked(1, renewal: 1) + tracked(2))
    #expect(try [1, 2].map { try last($0, renewed) } == [0, 200])
  }

  @Test func anotherMachineLosesEverything() throws {
    var disk = try disk()
    let cloned = try states(disk.reading, machine: .zero, tracked(1))
    #expect(denial { () throws(Denial) in _ = try cloned.state(of: KeyIndex(1)) } == .keyStateLost)
    disk.write(cloned.unwritten())
    // Also for a key that was not in the configuration then.
    let later = try states(disk.reading, machine: .zero, tracked(2))
    #expect(denial { () throws(Denial) in _ = try later.state(of: KeyIndex(2)) } == .keyStateLost)
  }

  @Test func aDamagedSlotLosesTheKeysThatAreNotFound() throws {
    var disk = try disk()
    let damaged = try #require(KeyStateLayout(slotCount: 4)).fileSize - 3 * KeyStateLayout.slotBytes
    disk.bytes[damaged] ^= 1
    let states = try states(disk.reading, tracked(1, 2))
    #expect(try last(1, states) == 100)
    #expect(denial { () throws(Denial) in _ = try states.state(of: KeyIndex(2)) } == .keyStateLost)
    disk.write(states.unwritten())
    guard case .file(let image) = disk.reading else { throw NoLayout() }
    #expect(image.damagedSlots == 0)
  }

  /// Slots of keys that are gone are taken only when nothing else is left, the oldest first.
  @Test func oldSlotsAreReused() throws {
    var states = try states(try disk().reading, tracked(3, 4, 5, 6))
    for key in 3...6 { try spend(1, of: key, in: &states) }
    var disk = try disk()
    disk.write(states.unwritten())
    guard case .file(let image) = disk.reading else { throw NoLayout() }
    #expect(Set(image.slots.map(\.fingerprint)) == [0xa3, 0xa4, 0xa5, 0xa6])
  }

  @Test func noSlotIsALoss() throws {
    let states = try states(try disk().reading, slots: 4, tracked(1, 2, 3, 4, 5))
    #expect(try [1, 2, 3, 4].map { try last($0, states) } == [100, 200, 0, 0])
    #expect(denial { () throws(Denial) in _ = try states.state(of: KeyIndex(5)) } == .keyStateLost)
  }

  // MARK: The file

  @Test func everyTruncationIsDamage() throws {
    let bytes = try disk().bytes
    for length in [1, 63, 64, 4095] + Array(4096..<bytes.count) {
      #expect(Array(bytes[..<length]).withBytes { KeyStateImage.read($0) } == .damaged, "\(length)")
    }
    #expect([UInt8]().withBytes { KeyStateImage.read($0) } == .missing)
  }

  @Test func everyFlippedBitIsDamage() throws {
    var bytes = try disk().bytes
    guard case .file(let sound) = bytes.withBytes({ KeyStateImage.read($0) }) else { throw NoLayout() }
    for index in Array(0..<64) + Array(4096..<4096 + 2 * KeyStateLayout.slotBytes) {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        switch bytes.withBytes({ KeyStateImage.read($0) }) {
        case .file(let image): #expect(image.damagedSlots == 1 && image != sound, "\(index).\(bit)")
        case .damaged: #expect(index < 64)
        case .missing: Issue.record("\(index).\(bit)")
        }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test func everyFieldComesBack() throws {
    var state = KeyState()
    state.indices = KnockIndexWindow(last: 1, seen: 2)
    state.nextCounter = 3
    state.nextStep = 4
    state.failures = CodeFailures(wrong: 5, pauses: 6, closedUntil: start)
    state.chain = HashChain(anchor: 7, value: Bytes32(high: identity.boot, low: identity.machine))
    state.uses = 8
    state.usedUpTo = 9
    state.renewal = 10
    state.isLost = true
    let image = KeyStateImage(machine: machine, slots: [.empty, .init(fingerprint: 11, sequence: 12, state: state), .empty])
    #expect(image.encoded().withBytes { KeyStateImage.read($0) } == .file(image))
  }

  @Test func enlargedKeepsWhatItHolds() throws {
    guard case .file(let image) = try disk().reading else { throw NoLayout() }
    let larger = try #require(image.enlarged(to: try stateLayout(9)))
    #expect(larger.encoded().withBytes { KeyStateImage.read($0) } == .file(larger))
    #expect(Array(larger.slots.prefix(4)) == image.slots && larger.slots.count == 9)
  }
}
