// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKnock
import PosternPlatform
import PosternWire

/// Starts the gate of one configuration, watches it, and starts it again after a pause that doubles while it keeps dying.
///
/// The keeper holds a copy of every descriptor that the gate gets: a new gate goes on with the same NFLOG sockets, and packets that
/// came meanwhile wait in them.
final class GateSupervisor {
  private static let firstPause: UInt64 = 100_000_000
  private static let longestPause: UInt64 = 10_000_000_000
  /// A gate that ran this long is no longer counted as dying.
  private static let steady: UInt64 = 60_000_000_000
  /// Confinement and 10,000 keys take well under a second.
  private static let readyLimit: UInt64 = 15_000_000_000
  /// What is decided already is told in milliseconds.
  private static let drainLimit: UInt64 = 2_000_000_000

  enum State {
    case waiting(until: UInt64)
    /// Loads keys and gives up its rights.
    case loading(Running, since: UInt64)
    /// Waits for its turn: ring and sources may be another gate's.
    case loaded(Running)
    case beginning(Running, since: UInt64)
    case ready(Running, since: UInt64)
    /// Tells what it has decided, and ends; it may still have to say that it was ready.
    case draining(Running, since: UInt64, owesReady: Bool)
  }

  /// A gate process and the keeper's end of its frame socket.
  final class Running {
    let process: SpawnedProcess
    let frames: SeqpacketSocket

    init(process: consuming SpawnedProcess, frames: consuming SeqpacketSocket) {
      self.process = process
      self.frames = frames
    }
  }

  private let program: String
  private var launch: GateLaunch
  private let tables: OwnedDescriptor
  private let handed: [SpawnedProcess.Descriptor]
  private var pause = firstPause
  private(set) var state = State.waiting(until: 0)
  private(set) var restarts: UInt64 = 0

  /// `tables` are sealed memory; `handed` are the rings, the counters and the sources, which the caller keeps open.
  init(program: String, launch: GateLaunch, tables: consuming OwnedDescriptor, handed: [SpawnedProcess.Descriptor]) {
    self.program = program
    self.launch = launch
    self.tables = tables
    self.handed = handed
  }

  var generation: UInt32 { launch.generation }
  var rings: [GateLaunch.Ring] { launch.rings }

  var running: Running? {
    switch state {
    case .waiting: nil
    case .loading(let gate, _), .loaded(let gate), .beginning(let gate, _), .ready(let gate, _), .draining(let gate, _, _): gate
    }
  }

  var word: String {
    switch state {
    case .waiting: "waiting"
    case .loading, .loaded, .beginning: "starting"
    case .ready: "ready"
    case .draining: "draining"
    }
  }

  /// When the supervisor wants to be called next.
  var deadline: UInt64? {
    switch state {
    case .waiting(let until): until
    case .loading(_, let since), .beginning(_, let since): since + Self.readyLimit
    case .draining(_, let since, _): since + Self.drainLimit
    case .loaded, .ready: nil
    }
  }

  /// Starts a gate; it loads, and then waits for ``begin(at:)``.
  func start(at uptime: UInt64) throws(PlatformError) -> Running {
    let pair = try SeqpacketPair()
    let process = try SpawnedProcess(
      program, arguments: launch.arguments,
      descriptors: handed + [
        .init(tables, as: GateLaunch.tables), .init(pair.far.descriptor, as: GateLaunch.frames), .init(standard: 2),
      ])
    let gate = Running(process: process, frames: pair.keepNear())
    state = .loading(gate, since: uptime)
    return gate
  }

  /// False for a gate that says so at the wrong time: it says it once.
  func becameLoaded() -> Bool {
    guard case .loading(let gate, _) = state else { return false }
    state = .loaded(gate)
    return true
  }

  /// Gives ring and sources to a gate that is loaded.
  func begin(at uptime: UInt64) {
    guard case .loaded(let gate) = state else { return }
    state = .beginning(gate, since: uptime)
    // One that is gone meanwhile shows by its end.
    _ = try? GateLaunch.begin.withBytes { bytes throws(PlatformError) in try gate.frames.send(bytes) }
  }

  /// False for a gate that says so at the wrong time: it says it once.
  func becameReady(at uptime: UInt64) -> Bool {
    switch state {
    case .beginning(let gate, _): state = .ready(gate, since: uptime)
    case .draining(let gate, let since, owesReady: true): state = .draining(gate, since: since, owesReady: false)
    case .waiting, .loading, .loaded, .ready, .draining: return false
    }
    // The rings exist now: one that is empty at a later start was emptied, and needs its fence.
    for place in launch.rings.indices { launch.rings[place].history = .known }
    return true
  }

  /// Lets a gate tell what it has decided and end.
  func drain(at uptime: UInt64) {
    guard let gate = running else { return }
    let owesReady = if case .beginning = state { true } else { false }
    state = .draining(gate, since: uptime, owesReady: owesReady)
    if (try? gate.frames.endSending()) == nil { kill() }
  }

  /// The gate has ended, or could not be started: answers how many milliseconds pass before the next one.
  func ended(at uptime: UInt64) -> UInt64 {
    if case .ready(_, let since) = state, uptime - since >= Self.steady { pause = Self.firstPause }
    let chosen = pause
    pause = min(pause * 2, Self.longestPause)
    restarts += 1
    state = .waiting(until: uptime + chosen)
    return chosen / 1_000_000
  }

  /// Ends a gate that wrote what no gate writes, or that is too slow.
  func kill() {
    guard let gate = running else { return }
    try? gate.process.signal(SIGKILL)
  }
}
