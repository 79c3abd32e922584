// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKnock
import PosternPlatform
import PosternWire

/// Starts a gate of one configuration, watches it, and starts it again after a pause that doubles while it keeps dying.
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
    /// Tells what it has decided, and ends; it may still have to say how far it was.
    case draining(Running, since: UInt64, owes: Owed?)
    /// Another configuration's gate follows.
    case over
  }

  /// What a gate says once.
  enum Owed {
    case loaded
    case ready
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
  private let handed: [SpawnedProcess.Descriptor]
  private var pause = firstPause
  private(set) var state = State.waiting(until: 0)
  private(set) var restarts: UInt64 = 0

  /// `handed` are the tables, the rings, the counters and the sources, which the caller keeps open.
  init(program: String, launch: GateLaunch, handed: [SpawnedProcess.Descriptor]) {
    self.program = program
    self.launch = launch
    self.handed = handed
  }

  var generation: UInt32 { launch.generation }
  var rings: [GateLaunch.Ring] { launch.rings }
  var isLoaded: Bool { if case .loaded = state { true } else { false } }
  var isReady: Bool { if case .ready = state { true } else { false } }

  var running: Running? {
    switch state {
    case .waiting, .over: nil
    case .loading(let gate, _), .loaded(let gate), .beginning(let gate, _), .ready(let gate, _), .draining(let gate, _, _): gate
    }
  }

  /// Zero while there is none.
  var pid: Int32 { running?.process.pid ?? 0 }

  var word: String {
    switch state {
    case .waiting: "waiting"
    case .loading, .loaded, .beginning: "starting"
    case .ready: "ready"
    case .draining, .over: "draining"
    }
  }

  /// When the supervisor wants to be called next.
  var deadline: UInt64? {
    switch state {
    case .waiting(let until): until
    case .loading(_, let since), .beginning(_, let since): since + Self.readyLimit
    case .draining(_, let since, _): since + Self.drainLimit
    case .loaded, .ready, .over: nil
    }
  }

  /// Starts a gate; it loads, and then waits for ``begin(at:)``.
  func start(at uptime: UInt64) throws(PlatformError) -> Running {
    let pair = try SeqpacketPair()
    let process = try SpawnedProcess(
      program, arguments: launch.arguments,
      descriptors: handed + [
        .init(pair.far.descriptor, as: GateLaunch.frames), .init(standard: 2),
      ])
    let gate = Running(process: process, frames: pair.keepNear())
    state = .loading(gate, since: uptime)
    return gate
  }

  /// False for a gate that says so at the wrong time: it says it once.
  func becameLoaded() -> Bool {
    switch state {
    case .loading(let gate, _): state = .loaded(gate)
    case .draining(let gate, let since, owes: .loaded): state = .draining(gate, since: since, owes: nil)
    case .waiting, .loaded, .beginning, .ready, .draining, .over: return false
    }
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
    case .draining(let gate, let since, owes: .ready): state = .draining(gate, since: since, owes: nil)
    case .waiting, .loading, .loaded, .ready, .draining, .over: return false
    }
    // The rings exist now: one that is empty at a later start was emptied, and needs its fence.
    for place in launch.rings.indices { launch.rings[place].history = .known }
    return true
  }

  /// Lets a gate tell what it has decided and end; none follows it here.
  func drain(at uptime: UInt64) {
    switch state {
    case .waiting: state = .over
    case .loading(let gate, _): drain(gate, since: uptime, owes: .loaded)
    case .beginning(let gate, _): drain(gate, since: uptime, owes: .ready)
    case .loaded(let gate), .ready(let gate, _): drain(gate, since: uptime, owes: nil)
    case .draining, .over: return
    }
  }

  private func drain(_ gate: Running, since uptime: UInt64, owes word: Owed?) {
    state = .draining(gate, since: uptime, owes: word)
    if (try? gate.frames.endSending()) == nil { kill() }
  }

  /// The gate has told what it had decided, and is gone for good.
  func drained() { state = .over }

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
