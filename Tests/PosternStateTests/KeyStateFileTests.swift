// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternAuthority
import PosternKnock
import PosternState
import PosternWire
import Testing

@Suite struct KeyStateFileTests {
  private let machine = Bytes16(high: 1, low: 2)

  private func tracked(_ keys: Int...) -> [KeyStates.Tracked] {
    keys.map { KeyStates.Tracked(key: KeyIndex($0), fingerprint: UInt64($0) + 7, renewal: 0) }
  }

  private func layout(_ slots: Int) throws -> KeyStateLayout { try #require(KeyStateLayout(slotCount: slots)) }

  /// What a gate makes of the file when it starts.
  private func begin(
    _ file: borrowing KeyStateFile, _ history: RingHistory = .known, _ keys: [KeyStates.Tracked]
  ) throws -> KeyStates {
    let loaded = try file.load()
    var states = KeyStates(loaded.reading, layout: loaded.layout, machine: machine, history: history, tracking: keys)
    try file.write(states.unwritten())
    states.markWritten(states.unwritten())
    return states
  }

  private func spend(_ index: UInt64, of key: Int, in states: inout KeyStates, _ file: borrowing KeyStateFile) throws {
    var state = try #require(try states.state(of: KeyIndex(key)))
    _ = state.indices.spend(index)
    states.set(state, of: KeyIndex(key))
    try file.write(states.unwritten())
    states.markWritten(states.unwritten())
  }

  private func last(_ key: Int, _ states: KeyStates) throws -> UInt64? { try states.state(of: KeyIndex(key))?.indices.last }

  @Test func whatIsWrittenSurvives() throws {
    let scratch = try Scratch()
    do {
      let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
      var states = try begin(file, .new, tracked(1, 2))
      try spend(10, of: 1, in: &states, file)
      try spend(20, of: 2, in: &states, file)
    }
    let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
    let states = try begin(file, .known, tracked(1, 2))
    #expect(try [last(1, states), last(2, states)] == [10, 20])
    #expect(try scratch.bytes("keys.state").count == (try layout(4)).fileSize)
  }

  @Test func writesAreSynchronous() throws {
    let scratch = try Scratch()
    let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(1))
    #expect(fcntl(file.descriptor, F_GETFL) & O_DSYNC == O_DSYNC)
  }

  @Test func growsAndKeepsWhatItHolds() throws {
    let scratch = try Scratch()
    let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(2))
    var states = try begin(file, .new, tracked(1, 2))
    try spend(10, of: 1, in: &states, file)
    try file.enlarge(to: try layout(40))
    #expect(try file.load().layout.slotCount == 40)
    states = try begin(file, .known, tracked(1, 2, 3))
    #expect(try [last(1, states), last(2, states), last(3, states)] == [10, 0, 0])
    try file.enlarge(to: try layout(3))
    #expect(try file.load().layout.slotCount == 40, "it never shrinks")
  }

  @Test func aFileThatWentMissingIsALoss() throws {
    let scratch = try Scratch()
    let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
    let states = try begin(file, .known, tracked(1))
    #expect(throws: Denial.keyStateLost) { _ = try states.state(of: KeyIndex(1)) }
  }

  @Test func aCutFileIsALoss() throws {
    let scratch = try Scratch()
    do {
      let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
      var states = try begin(file, .new, tracked(1))
      try spend(10, of: 1, in: &states, file)
    }
    let bytes = try scratch.bytes("keys.state")
    try scratch.write(Array(bytes.dropLast(5)), to: "keys.state")
    let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
    let states = try begin(file, .known, tracked(1))
    #expect(throws: Denial.keyStateLost) { _ = try states.state(of: KeyIndex(1)) }
  }

  @Test func aReadOnlyDescriptorRefusesTheBatch() throws {
    let scratch = try Scratch()
    do {
      let file = try KeyStateFile.prepare(path: scratch.file("keys.state"), layout: try layout(4))
      _ = try begin(file, .new, tracked(1))
    }
    let file = KeyStateFile(descriptor: unsafe open(scratch.file("keys.state"), O_RDONLY | O_CLOEXEC))
    let loaded = try file.load()
    var states = KeyStates(loaded.reading, layout: loaded.layout, machine: machine, history: .known, tracking: tracked(1))
    states.set(.fresh(renewal: 4), of: KeyIndex(1))
    #expect(throws: StateError.failed(.write, errno: EBADF)) { try file.write(states.unwritten()) }
  }
}
