// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternAuthority
import PosternKnock
import PosternState
import PosternWire
import Testing

/// A directory that goes with the value.
final class Scratch {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("postern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name)))) }
  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }
  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
  }
}

@Suite struct ReplayRingTests {
  let start = Timestamp(seconds: 1_800_000_000)
  let identity = RingIdentity(boot: Bytes16(high: 1, low: 2), machine: Bytes16(high: 3, low: 4), gateway: 5)

  /// Also while another daemon has the file.
  @Test func theLatestClockCanBeReadByItself() throws {
    let scratch = try Scratch()
    #expect(ReplayRing.latest(at: scratch.file("ring")) == .zero)
    let ring = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(16))
    #expect(ReplayRing.latest(at: scratch.file("ring")) == .zero)
    let state = ReplayState(.missing, layout: try layout(16), identity: identity, history: .new)
    try ring.write(state.unwritten(latest: start))
    #expect(ReplayRing.latest(at: scratch.file("ring")) == start)
    try scratch.write([1, 2, 3], to: "ring")
    #expect(ReplayRing.latest(at: scratch.file("ring")) == .zero)
  }

  @Test func oneDaemonAtATime() throws {
    let scratch = try Scratch()
    let first = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(16))
    #expect(throws: StateError.inUse) {
      _ = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(32), patience: 100)
    }
    // What the first daemon wrote was not touched.
    #expect(try first.load().layout.slotCount == 16)
  }

  private func layout(_ slots: Int) throws -> RingLayout { try #require(RingLayout(slotCount: slots)) }

  private func knock(_ id: UInt64) -> Knock {
    Knock(
      knockProtocol: .spa, id: Bytes16(high: 0, low: id), stamp: start, key: KeyIndex(0), action: .open, wish: .door(nil),
      ipv4: .none,
      ipv6: .none, wishedLease: 0, totp: nil)
  }

  private func state(_ loaded: ReplayRing.Loaded) -> ReplayState {
    ReplayState(loaded.reading, layout: loaded.layout, identity: identity, history: .new)
  }

  /// A ring file that remembers knock 1 and 2.
  private func written(_ scratch: Scratch, slots: Int) throws {
    let ring = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(slots))
    var replay = state(try ring.load())
    for id in UInt64(1)...2 {
      try replay.record(knock(id), key: 0, at: start)
      let batch = replay.unwritten(latest: start)
      try ring.write(batch)
      replay.markWritten(batch)
    }
  }

  private func answers(_ replay: ReplayState) -> [Denial?] {
    (UInt64(1)...3).map { id in
      do throws(Denial) { try replay.check(knock(id)) } catch { return error }
      return nil
    }
  }

  @Test func preparedFileIsPrivateAndBlank() throws {
    let scratch = try Scratch()
    let ring = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(10))
    #expect(try scratch.mode("ring") == 0o600)
    #expect(try scratch.bytes("ring").count == layout(10).fileSize)
    let loaded = try ring.load()
    #expect(loaded.layout.slotCount == 10)
    #expect(loaded.reading == .missing)
  }

  @Test func reopenedRingRemembers() throws {
    let scratch = try Scratch()
    try written(scratch, slots: 10)
    let replay = state(try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(10)).load())
    #expect(replay.fence == nil)
    #expect(answers(replay) == [.replay, .replay, nil])
  }

  @Test(arguments: [(10, 10), (11, 11), (500, 500), (4, 10)]) func resizedRingRemembers(_ wanted: Int, _ slots: Int) throws {
    let scratch = try Scratch()
    try written(scratch, slots: 10)
    let loaded = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(wanted)).load()
    #expect(loaded.layout.slotCount == slots)
    #expect(state(loaded).fence == nil)
    #expect(answers(state(loaded)) == [.replay, .replay, nil])
  }

  @Test(arguments: [1, 511, 8192, 8200, 8256, 8500]) func truncatedFileIsMissing(_ length: Int) throws {
    let scratch = try Scratch()
    try written(scratch, slots: 10)
    try scratch.write(Array(try scratch.bytes("ring").prefix(length)), to: "ring")
    let loaded = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(10)).load()
    #expect(loaded.reading == .missing)
    #expect(loaded.layout.slotCount == 10)
  }

  @Test func damagedFileOfTheRightSizeSaysSo() throws {
    let scratch = try Scratch()
    try written(scratch, slots: 10)
    var bytes = try scratch.bytes("ring")
    bytes[8192 + 64] ^= 1
    try scratch.write(bytes, to: "ring")
    let loaded = try ReplayRing.prepare(path: scratch.file("ring"), layout: try layout(10)).load()
    guard case .damaged(.slot, .some) = loaded.reading else {
      Issue.record("\(loaded.reading)")
      return
    }
  }

  @Test func readOnlyDescriptorRefusesTheBatch() throws {
    let scratch = try Scratch()
    try written(scratch, slots: 10)
    let ring = ReplayRing(descriptor: unsafe open(scratch.file("ring"), O_RDONLY | O_CLOEXEC))
    var replay = state(try ring.load())
    try replay.record(knock(3), key: 0, at: start)
    let before = try scratch.bytes("ring")
    #expect(throws: StateError.failed(.write, errno: EBADF)) { try ring.write(replay.unwritten(latest: start)) }
    #expect(try scratch.bytes("ring") == before)
  }

  @Test func fullDeviceRefusesTheBatch() throws {
    let ring = ReplayRing(descriptor: unsafe open("/dev/full", O_RDWR | O_CLOEXEC))
    let replay = ReplayState(.missing, layout: try layout(1), identity: identity, history: .new)
    #expect(throws: StateError.failed(.write, errno: ENOSPC)) { try ring.write(replay.unwritten(latest: start)) }
  }

  @Test func brokenDescriptor() {
    let ring = ReplayRing(descriptor: -1)
    #expect(throws: StateError.failed(.read, errno: EBADF)) { _ = try ring.load() }
  }

  @Test func unpreparedFile() throws {
    let scratch = try Scratch()
    try scratch.write([1, 2, 3], to: "ring")
    let ring = ReplayRing(descriptor: unsafe open(scratch.file("ring"), O_RDWR | O_CLOEXEC))
    #expect(throws: StateError.notPrepared) { _ = try ring.load() }
  }

  @Test func onlyRegularFiles() throws {
    let scratch = try Scratch()
    try written(scratch, slots: 4)
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: scratch.file("ring"))
    #expect(unsafe mkfifo(scratch.file("fifo"), 0o600) == 0)
    let wanted = try layout(4)
    #expect(throws: StateError.failed(.open, errno: ELOOP)) {
      _ = try ReplayRing.prepare(path: scratch.file("link"), layout: wanted)
    }
    #expect(throws: StateError.notARegularFile) { _ = try ReplayRing.prepare(path: scratch.file("fifo"), layout: wanted) }
    #expect(throws: StateError.failed(.open, errno: ENOENT)) {
      _ = try ReplayRing.prepare(path: scratch.file("no/ring"), layout: wanted)
    }
  }
}
