// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform
import PosternRunner
import PosternState
import PosternTables
import PosternWire

/// The runner as a process: requests in, programs started, reports out, one thread. What may start when is PosternRunner's.
struct RunnerProcess: ~Copyable {
  enum Token {
    static let frames: UInt64 = 1
    /// One for each place in the tables.
    static let firstService: UInt64 = 1 << 16
    /// Two for each program: its end, and its output.
    static let firstProgram: UInt64 = 1 << 32
  }

  /// Tables of 256 actions take some 100 KB.
  private static let tablesLimit = 16 << 20
  static let second: UInt64 = 1_000_000_000
  /// What a program that served a lease has to end by itself.
  static let grace: UInt64 = 2 * second
  /// How often reports are sent again that the keeper did not take.
  private static let resend: UInt64 = 50_000_000

  let frames: SeqpacketSocket
  /// Nil when no more may start because the keeper is gone.
  var tickets: TicketFile?
  var board: RunnerBoard
  let rights: RunnerRights
  var loop: EventLoop
  let null: OwnedDescriptor
  var running: [UInt64: RunningProgram] = [:]
  var services: [Int: Service] = [:]
  private var nextToken = Token.firstProgram
  private var unsent: [RunnerReport] = []

  /// Takes over the descriptors, loads the tables, and gives up what its programs do not need it to have.
  init() throws {
    let frames = try SeqpacketSocket(adopting: try .inherited(RunnerLaunch.frames))
    let file = try MemoryFile(adopting: try .inherited(RunnerLaunch.tables), limit: Self.tablesLimit)
    let tables = try file.withBytes { bytes throws(WireError) in try RunnerTables(decoding: bytes) }
    let tickets = TicketFile(descriptor: try OwnedDescriptor.inherited(RunnerLaunch.tickets).release())
    let null = try BoundedFile.open("/dev/null")
    // Ignored, as whoever started this may have it, programs would vanish before they are reaped.
    _ = signal(SIGCHLD, SIG_DFL)
    try RunnerCapabilities.confine()
    let rights = try RunnerCapabilities.rights()
    let loop = try EventLoop()
    try loop.add(frames.descriptor, token: Token.frames)
    self.frames = frames
    self.tickets = consume tickets
    board = RunnerBoard(tables)
    self.rights = rights
    self.loop = loop
    self.null = null
  }

  /// Until nothing runs and nothing more can come.
  mutating func run() throws(PlatformError) {
    tell(.ready(pid: getpid()))
    while !board.isOver {
      let now = SystemClock.monotonic()
      startWaiting(at: now)
      send()
      let count = try loop.wait(milliseconds: timeout(at: now))
      let tokens = (0..<count).map { loop[$0].token }
      for token in tokens { handle(token, at: SystemClock.monotonic()) }
      tend(at: SystemClock.monotonic())
    }
    send()
  }

  private mutating func handle(_ token: UInt64, at now: UInt64) {
    switch token {
    case Token.frames: receive(at: now)
    case Token.firstProgram...: hear(token, at: now)
    default: takeConnections(Int(token - Token.firstService), at: now)
    }
  }

  // MARK: Requests

  /// All that has come, before anything starts: behind it may stand that the keeper is gone.
  private mutating func receive(at now: UInt64) {
    var buffer = [UInt8](repeating: 0, count: RunnerRequest.byteCount)
    while let received = try? frames.receive(into: &buffer) {
      switch received {
      case .nothing: return
      case .closed: return abandon(at: now)
      case .bytes(let count):
        let request = buffer.prefix(count).withSpan { bytes throws(WireError) in try RunnerRequest(decoding: bytes) }
        guard let request else { return abandon(at: now) }
        take(request, at: now)
      }
    }
    abandon(at: now)
  }

  private mutating func take(_ request: RunnerRequest, at now: UInt64) {
    switch request {
    case .run(let call, let ticket):
      guard board.program(call.program, isService: false) != nil else {
        return tell(.ended(ticket, ActionEnd(.notStarted(.record, errno: UInt8(EINVAL)))))
      }
      if !board.ask(.init(call, ticket)) { tell(.ended(ticket, ActionEnd(.busy))) }
    case .serve(let call, let ticket): serve(call, ticket, at: now)
    case .endService(let program, let lease): endService(program, lease, at: now)
    case .retire: retire(at: now)
    }
  }

  /// Another runner has the services from now on.
  private mutating func retire(at now: UInt64) {
    board.retire()
    for program in services.keys { closeService(program, at: now) }
  }

  /// The keeper is gone: what runs may end in its time, and nothing else may start. A later keeper waits for the tickets' file to be
  /// let go, and then knows which was started.
  private mutating func abandon(at now: UInt64) {
    try? loop.remove(frames.descriptor)
    board.abandon()
    tickets = nil
    unsent = []
    for program in services.keys { closeService(program, at: now) }
  }

  // MARK: Programs

  private mutating func startWaiting(at now: UInt64) {
    while let job = board.next() {
      if let outcome = record(job.ticket) {
        board.ended(job.call.program)
        tell(.ended(job.ticket, ActionEnd(outcome)))
      } else {
        start(job, input: null.number, at: now)
      }
    }
  }

  /// Why the ticket must not start; nil when it may, and is written down.
  private func record(_ ticket: RunnerRequest.Ticket) -> ActionOutcome? {
    guard tickets != nil else { return .unseen }
    do throws(StateError) {
      if try tickets?.contains(ticket) == true { return .startedBefore }
      try tickets?.note(ticket)
      return nil
    } catch {
      return .notStarted(.record, errno: UInt8(EIO))
    }
  }

  /// Starts a program that counts as running already; `input` is its standard input.
  mutating func start(
    _ job: RunnerBoard.Job, input: CInt, listener: CInt? = nil, isConnection: Bool = false, at now: UInt64
  ) {
    do throws(ActionFailure) {
      let program = board.programs[job.call.program]
      let identity = try identity(of: program)
      let text = ProgramText(program, job.call)
      let plan = ActionProcess.Plan(
        words: text.words, environment: text.environment, directory: program.directory, identity: identity,
        seconds: program.processorSeconds)
      let started = try ActionFailure.launch(
        plan, text.input, input: input, isConnection: isConnection, listener: listener)
      watch(
        RunningProgram(
          job, started.process, pipe: started.pipe, isConnection: isConnection, begin: now,
          deadline: program.deadline(from: now)))
    } catch {
      board.ended(job.call.program)
      tell(.ended(job.ticket, ActionEnd(error.outcome)))
    }
  }

  private func identity(of program: RunnerProgram) throws(ActionFailure) -> ActionProcess.Identity? {
    switch rights.choice(for: program.account) {
    case .asItself: return nil
    case .become(let other): return .init(user: other.user, group: other.group, groups: other.groups)
    case .wouldBeRoot, .outOfReach: throw ActionFailure(.identity, EPERM)
    }
  }

  private mutating func watch(_ program: RunningProgram) {
    let token = nextToken
    nextToken += 2
    running[token] = program
    // One that cannot be watched ends by its deadline.
    try? loop.add(program.process.descriptor, token: token)
    try? loop.add(program.pipe, token: token + 1)
  }

  /// A program has written something, or has ended.
  private mutating func hear(_ token: UInt64, at now: UInt64) {
    let isOutput = !token.isMultiple(of: 2)
    guard let program = running[isOutput ? token - 1 : token] else { return }
    guard !isOutput else {
      if !program.readOutput() { try? loop.remove(program.pipe) }
      return
    }
    finish(token, program, at: now)
  }

  private mutating func finish(_ token: UInt64, _ program: RunningProgram, at now: UInt64) {
    // While it is not reaped its number is its own: what it leaves behind in its group goes with it.
    program.process.signalGroup(SIGKILL)
    guard let end = try? program.process.end() else { return }
    _ = program.readOutput()
    try? loop.remove(program.process.descriptor)
    try? loop.remove(program.pipe)
    running[token] = nil
    board.ended(program.program)
    tell(.ended(program.ticket, program.end(as: end, at: now)))
    rest(program.program, begun: program.begin, at: now)
  }

  // MARK: Time

  private mutating func tend(at now: UInt64) {
    for program in running.values where program.deadline <= now {
      program.verdict = program.verdict ?? .timedOut
      program.process.signalGroup(SIGKILL)
      program.deadline = now + Self.second
    }
    tendServices(at: now)
  }

  private func timeout(at now: UInt64) -> CInt? {
    let deadlines = running.values.map(\.deadline) + services.values.compactMap(\.deadline)
    let soonest = (deadlines + (unsent.isEmpty ? [] : [now + Self.resend])).min()
    return soonest.map { $0 <= now ? 0 : CInt(clamping: ($0 - now) / 1_000_000 + 1) }
  }

  // MARK: Reports

  mutating func tell(_ report: RunnerReport) { if tickets != nil { unsent.append(report) } }

  /// Never waits: a keeper that is busy must not keep programs from being ended in time.
  private mutating func send() {
    while let report = unsent.first {
      let isSent = try? report.encoded.withBytes { bytes throws(PlatformError) in try frames.send(bytes) }
      guard isSent == true else { return }
      unsent.removeFirst()
    }
  }
}

extension RunnerProgram {
  /// What takes over a listener ends with the lease.
  private var livesWithLease: Bool { service.map { $0.style != .nowait } ?? false }

  fileprivate func deadline(from now: UInt64) -> UInt64 {
    livesWithLease ? .max : now + UInt64(timeout) * RunnerProcess.second
  }

  fileprivate var processorSeconds: UInt32 { livesWithLease ? TableLimits.longestLease : timeout }
}

extension ArraySlice<UInt8> {
  /// What `read` makes of the bytes; nil where it refuses them.
  fileprivate func withSpan<Value>(_ read: (RawSpan) throws(WireError) -> Value) -> Value? { try? Array(self).withBytes(read) }
}
