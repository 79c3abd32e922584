// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform

/// Starts the gate, watches it, and starts it again after a pause that doubles while it keeps dying.
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

  enum State {
    case waiting(until: UInt64)
    case starting(Running, since: UInt64)
    case ready(Running, since: UInt64)
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

  /// `handed` are the tables, the ring, the counters and the sources; the caller keeps them open.
  init(program: String, launch: GateLaunch, handed: [SpawnedProcess.Descriptor]) {
    self.program = program
    self.launch = launch
    self.handed = handed
  }

  var running: Running? {
    switch state {
    case .waiting: nil
    case .starting(let gate, _), .ready(let gate, _): gate
    }
  }

  var word: String {
    switch state {
    case .waiting: "waiting"
    case .starting: "starting"
    case .ready: "ready"
    }
  }

  /// When the supervisor wants to be called next.
  var deadline: UInt64? {
    switch state {
    case .waiting(let until): until
    case .starting(_, let since): since + Self.readyLimit
    case .ready: nil
    }
  }

  /// Starts a gate.
  func start(at uptime: UInt64) throws(PlatformError) -> Running {
    let pair = try SeqpacketPair()
    let process = try SpawnedProcess(
      program, arguments: launch.arguments,
      descriptors: handed + [.init(pair.far.descriptor, as: GateLaunch.frames), .init(standard: 2)])
    let gate = Running(process: process, frames: pair.keepNear())
    state = .starting(gate, since: uptime)
    return gate
  }

  /// False for a gate that has said so before: it says it once.
  func becameReady(at uptime: UInt64) -> Bool {
    guard case .starting(let gate, _) = state else { return false }
    state = .ready(gate, since: uptime)
    // The ring exists now: one that is empty at a later start was emptied, and needs its fence.
    launch.isNewGateway = false
    return true
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

  /// Ends a gate that wrote what no gate writes, or that does not get ready.
  func kill() {
    guard let gate = running else { return }
    try? gate.process.signal(SIGKILL)
  }
}
