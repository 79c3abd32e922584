// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform
import PosternRunner
import PosternState
import PosternTables
import PosternWire

/// The runner of the configuration in force, if that has actions, and those of earlier ones that still end what they began.
final class Runners {
  private static let firstPause: UInt64 = 100_000_000
  private static let longestPause: UInt64 = 10_000_000_000
  private static let steady: UInt64 = 60_000_000_000
  private static let readyLimit: UInt64 = 15_000_000_000

  /// A runner process and this end of its socket.
  final class Running {
    let serial: Int
    let frames: SeqpacketSocket
    let since: UInt64
    /// Only of one that this process started itself.
    let process: SpawnedProcess?
    /// Once it is ready.
    var pid: Int32?

    init(_ serial: Int, _ frames: consuming SeqpacketSocket, _ process: consuming SpawnedProcess?, since: UInt64) {
      self.serial = serial
      self.frames = frames
      self.process = process
      self.since = since
    }

    var token: UInt64 { Daemon.Token.firstRunner + UInt64(serial) }
  }

  let rights: RunnerRights
  private let link: RightsLink?
  private var tickets: TicketFile?
  private(set) var programs: [RunnerProgram] = []
  private(set) var current: Running?
  private(set) var retired: [Int: Running] = [:]
  private(set) var restarts: UInt64 = 0
  private var ghosts: [Running] = []
  private var nextSerial = 0
  private var pause = firstPause
  private var startDue: UInt64 = 0

  init(_ rights: RunnerRights, _ link: RightsLink?) {
    self.rights = rights
    self.link = link
  }

  /// Opens the record of starts. A runner of an earlier daemon lets it go when it notices that this one is gone.
  func prepare(_ stateDirectory: String) throws(StateError) {
    guard tickets == nil else { return }
    let file = try TicketFile.prepare(path: stateDirectory + "/actions.started")
    tickets = consume file
  }

  /// Whether a runner started the action of this ticket, or was about to.
  func started(_ ticket: RunnerRequest.Ticket) -> Bool { (try? tickets?.contains(ticket)) == true }

  func running(_ token: UInt64) -> Running? {
    if let current, current.token == token { return current }
    return retired.values.first { $0.token == token }
  }

  /// Goes over to another configuration's programs. Answers the runner that ends now, after what it was asked for.
  func take(_ programs: [RunnerProgram]) -> Running? {
    guard programs != self.programs else { return nil }
    self.programs = programs
    guard let old = current else { return nil }
    current = nil
    startDue = 0
    retired[old.serial] = old
    // One that is gone meanwhile shows by its end.
    _ = try? RunnerRequest.retire.encoded.withBytes { bytes throws(PlatformError) in try old.frames.send(bytes) }
    return old
  }

  /// When there is something to do; nil while all is well.
  var deadline: UInt64? {
    guard let current else { return programs.isEmpty ? nil : startDue }
    return current.pid == nil ? current.since + Self.readyLimit : nil
  }

  var isSlow: Bool { current.map { $0.pid == nil && $0.since + Self.readyLimit <= SystemClock.monotonic() } ?? false }

  /// Starts a runner with its tables: by the process that may change users where there is one.
  func start(at uptime: UInt64) throws(PlatformError) -> Running? {
    guard current == nil, !programs.isEmpty, startDue <= uptime, let number = tickets?.descriptor else { return nil }
    startDue = uptime + pause
    reapGhosts()
    let pair = try SeqpacketPair()
    let tables = try MemoryFile(named: "postern runner tables", holding: RunnerTables(programs: programs).encoded())
    var process: SpawnedProcess?
    if let link {
      try link.start([pair.far.descriptor.number, tables.descriptor.number, number])
    } else {
      process = try Self.spawn([pair.far.descriptor.number, tables.descriptor.number, number])
    }
    nextSerial += 1
    let running = Running(nextSerial, pair.keepNear(), process.take(), since: uptime)
    current = running
    return running
  }

  private static func spawn(_ numbers: [CInt]) throws(PlatformError) -> SpawnedProcess {
    guard let directory = ExecutablePath.directory else { throw PlatformError("find postern-runner", ENOENT) }
    let places = [RunnerLaunch.frames, RunnerLaunch.tables, RunnerLaunch.tickets]
    return try SpawnedProcess(
      directory + "postern-runner", arguments: RunnerLaunch.run.arguments,
      descriptors: zip(numbers, places).map { .init(lending: $0, as: $1) } + [.init(standard: STDERR_FILENO)])
  }

  /// Could not be started: the next try is later.
  func failed(at uptime: UInt64) {
    startDue = uptime + pause
    pause = min(pause * 2, Self.longestPause)
  }

  /// A runner's socket is at its end; answers how many milliseconds pass before the next one, nil where none is needed.
  func ended(_ running: Running, at uptime: UInt64) -> UInt64? {
    ghosts.append(running)
    reapGhosts()
    retired[running.serial] = nil
    guard current === running else { return nil }
    current = nil
    if uptime - running.since >= Self.steady { pause = Self.firstPause }
    let chosen = pause
    failed(at: uptime)
    restarts += 1
    return programs.isEmpty ? nil : chosen / 1_000_000
  }

  /// A process closes its sockets a moment before it can be waited for.
  private func reapGhosts() {
    ghosts.removeAll { $0.process == nil || (try? $0.process?.end()) != nil }
  }

  /// Ends the process that may change users where no action needs it.
  func closeLink() { link?.close() }
}
