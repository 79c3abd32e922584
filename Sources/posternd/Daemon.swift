// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternSets
import PosternWire

/// The keeper's loop: frames of the gate, operators' requests, ends of leases and the gate's own end, one after another in one thread.
struct Daemon: ~Copyable {
  private enum Token {
    static let frames: UInt64 = 1
    static let gateEnd: UInt64 = 2
    static let listener: UInt64 = 3
    static let signals: UInt64 = 4
    static let firstSession: UInt64 = 16
  }

  private enum Limit {
    /// Messages of frames that go into one transaction at most: 1024 grants.
    static let messages = 16
    static let sessions = 8
    /// A slow operator's time.
    static let session: UInt64 = 5_000_000_000
    /// How often strangers are summed up and own addresses read again.
    static let summary: UInt64 = 60_000_000_000
    static let addresses: UInt64 = 30_000_000_000
  }

  private var keeper: Keeper
  private var sets: DoorSets
  private var audit: AuditTrail
  private let listener: UnixListener
  private let gate: GateSupervisor
  private let resources: GateResources
  private let signals: SignalSource
  private var loop: EventLoop
  private var sessions: [UInt64: ControlSession] = [:]
  private var nextSession = Token.firstSession
  private var own: Set<IPAddress> = []
  private var addressesDue: UInt64 = 0
  private var summaryDue: UInt64
  private var summed: [UInt64]
  private var buffer = [UInt8](repeating: 0, count: KeeperFrame.messageLimit * KeeperFrame.byteCount)
  private var isStopping = false

  init(
    keeper: Keeper, sets: consuming DoorSets, audit: consuming AuditTrail, listener: consuming UnixListener, gate: GateSupervisor,
    resources: consuming GateResources, alarms: [String]
  ) throws(PlatformError) {
    let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
    let loop = try EventLoop()
    try loop.add(signals.descriptor, token: Token.signals)
    try loop.add(listener.descriptor, token: Token.listener)
    self.keeper = keeper
    self.sets = sets
    self.audit = audit
    self.listener = listener
    self.gate = gate
    self.signals = signals
    self.loop = loop
    summed = resources.counters.snapshot()
    self.resources = resources
    summaryDue = SystemClock.monotonic() + Limit.summary
    adopt(alarms)
  }

  private static var now: Moment { Moment(wall: SystemClock.now(), uptime: SystemClock.monotonic()) }

  /// What an earlier keeper left in the sets becomes ours again.
  private mutating func adopt(_ alarms: [String]) {
    var events: [AuditEvent] = [.started(generation: keeper.rules.generation)] + alarms.map { .alarm($0) }
    var found: [FoundElement] = []
    for set in keeper.rules.catalog.sets.indices {
      do throws(SetError) {
        found += try sets.found(in: set)
      } catch {
        events.append(.alarm("a set could not be read: \(error)"))
      }
    }
    // All sets together: a lease has elements in several.
    events += keeper.adopt(found, at: Self.now)
    audit.write(events, at: Self.now)
  }

  /// Runs until a signal ends it; answers the exit status. Leases stay: the kernel ends them.
  mutating func run() -> Int32 {
    do throws(PlatformError) {
      while !isStopping {
        tend(at: Self.now)
        let count = try loop.wait(milliseconds: timeout())
        for index in 0..<count { handle(loop[index]) }
      }
    } catch {
      Notice.write("\(error)")
      return ExitStatus.unavailable
    }
    summarise(at: Self.now)
    audit.write([.stopped], at: Self.now)
    return 0
  }

  // MARK: Time

  /// Everything that is due by the clock.
  private mutating func tend(at now: Moment) {
    if now.uptime >= addressesDue {
      own = Set((try? Interfaces.ownAddresses()) ?? Array(own))
      addressesDue = now.uptime + Limit.addresses
    }
    if let end = keeper.book.nextEnd, end <= now.uptime { audit.write(keeper.expire(at: now), at: now) }
    if now.uptime >= summaryDue { summarise(at: now) }
    for (token, session) in sessions where session.deadline <= now.uptime { drop(token) }
    tendGate(at: now)
  }

  private mutating func tendGate(at now: Moment) {
    guard let deadline = gate.deadline, deadline <= now.uptime else { return }
    switch gate.state {
    case .ready: return
    case .starting: gate.kill()
    case .waiting: startGate(at: now)
    }
  }

  private func timeout() -> CInt {
    let now = SystemClock.monotonic()
    let due = [keeper.book.nextEnd, gate.deadline, addressesDue, summaryDue].compactMap { $0 } + sessions.values.map(\.deadline)
    let soonest = due.min() ?? addressesDue
    return soonest <= now ? 0 : CInt(clamping: (soonest - now) / 1_000_000 + 1)
  }

  private mutating func summarise(at now: Moment) {
    summaryDue = now.uptime + Limit.summary
    let counts = resources.counters.snapshot()
    var refused: [Denial: UInt64] = [:]
    for denial in Denial.allCases where !denial.isAuthenticated {
      let place = Counter.place(of: denial)
      if counts[place] != summed[place] { refused[denial] = counts[place] &- summed[place] }
    }
    summed = counts
    if !refused.isEmpty { audit.write([.strangers(refused)], at: now) }
  }

  // MARK: Events

  private mutating func handle(_ event: EventLoop.Event) {
    switch event.token {
    case Token.frames: receiveFrames()
    case Token.gateEnd: gateEnded()
    case Token.listener: accept()
    case Token.signals: receiveSignals()
    default: serve(event)
    }
  }

  private mutating func receiveSignals() {
    while let signal = try? signals.next() {
      if signal == SIGHUP {
        Notice.write("SIGHUP: restart posternd to take up a new configuration; open leases stay")
      } else {
        isStopping = true
      }
    }
  }

  // MARK: Gate

  private mutating func startGate(at now: Moment) {
    do throws(PlatformError) {
      let running = try gate.start(at: now.uptime)
      try loop.add(running.frames.descriptor, token: Token.frames)
      try loop.add(running.process.descriptor, token: Token.gateEnd)
    } catch {
      let retry = gate.ended(at: now.uptime)
      audit.write([.gateEnded(reason: "\(error)", retryMilliseconds: retry)], at: now)
    }
  }

  private mutating func gateEnded() {
    guard let running = gate.running else { return }
    // What it sent before it died is as good as before.
    receiveFrames()
    guard let end = try? running.process.end() else { return }
    try? loop.remove(running.process.descriptor)
    try? loop.remove(running.frames.descriptor)
    let now = Self.now
    let retry = gate.ended(at: now.uptime)
    audit.write([.gateEnded(reason: end.description, retryMilliseconds: retry)], at: now)
  }

  /// Takes what the gate has sent until now into one transaction.
  private mutating func receiveFrames() {
    guard let running = gate.running else { return }
    var frames: [KeeperFrame] = []
    do {
      for _ in 0..<Limit.messages {
        let received = try running.frames.receive(into: &buffer)
        if received == .closed { hangUp(running) }
        guard case .bytes(let count) = received else { break }
        frames += try Self.frames(in: buffer, count: count)
        // A message with room left was the last one when it was sent; if another came since, the loop is back at once.
        if count < buffer.count { break }
      }
    } catch {
      dismissGate()
    }
    guard !frames.isEmpty else { return }
    if frames.contains(where: \.isReady), !gate.becameReady(at: SystemClock.monotonic()) { return dismissGate() }
    carryOut(keeper.decide(frames, own: own, at: Self.now))
  }

  /// A gate that closed its end is ending, or hides: a socket that stays readable for ever would keep the loop busy.
  private func hangUp(_ running: GateSupervisor.Running) {
    try? loop.remove(running.frames.descriptor)
    gate.kill()
  }

  /// No gate of ours writes such a thing: this one is in other hands or broken.
  private mutating func dismissGate() {
    audit.write([.alarm("the gate sent what no gate sends, and is replaced")], at: Self.now)
    gate.kill()
  }

  private static func frames(in buffer: [UInt8], count: Int) throws(WireError) -> [KeeperFrame] {
    guard count.isMultiple(of: KeeperFrame.byteCount) else { throw .malformed }
    return try buffer.withBytes { bytes throws(WireError) in
      var frames: [KeeperFrame] = []
      for start in stride(from: 0, to: count, by: KeeperFrame.byteCount) {
        frames.append(try KeeperFrame(decoding: bytes.extracting(start..<start + KeeperFrame.byteCount)))
      }
      return frames
    }
  }

  private mutating func carryOut(_ work: Work) {
    let failures = sets.apply(work.changes)
    let now = Self.now
    audit.write(keeper.settle(work, failures: failures, at: now), at: now)
  }

  // MARK: Operators

  private mutating func accept() {
    while let connection = try? listener.accept() {
      guard sessions.count < Limit.sessions, Self.mayOperate(connection.peer) else { continue }
      let token = nextSession
      nextSession += 1
      let session = ControlSession(connection, deadline: SystemClock.monotonic() + Limit.session)
      guard (try? session.watch(in: loop, token: token)) != nil else { continue }
      sessions[token] = session
    }
  }

  /// Root, and the user that the keeper itself runs as. The socket's mode keeps all others out already.
  private static func mayOperate(_ peer: PeerCredentials) -> Bool { peer.user == 0 || peer.user == geteuid() }

  private mutating func serve(_ event: EventLoop.Event) {
    guard let session = sessions[event.token] else { return }
    var progress = event.isWritable ? session.write() : session.read()
    if case .asked(let request) = progress { progress = session.reply(answer(request), in: loop, token: event.token) }
    if case .over = progress { drop(event.token) }
  }

  private mutating func drop(_ token: UInt64) {
    sessions.removeValue(forKey: token)?.forget(in: loop)
  }

  private mutating func answer(_ request: ControlRequest?) -> [UInt8] {
    switch request {
    case nil: return Report.failed("no such request", exit: ExitStatus.usage)
    case .status: return status() + Report.done()
    case .leases: return Report.leases(keeper.book, at: Self.now) + Report.done()
    case .close(let lease): return close(lease)
    }
  }

  private mutating func close(_ lease: LeaseID) -> [UInt8] {
    guard let work = keeper.close(lease, at: Self.now) else { return Report.failed("no lease \(lease)", exit: ExitStatus.data) }
    carryOut(work)
    guard keeper.book[lease] == nil else { return Report.failed("the kernel refused", exit: ExitStatus.unavailable) }
    return Report.done()
  }

  private mutating func status() -> [UInt8] {
    let counts = resources.counters.snapshot()
    var line = JSONLine()
    line.put("pid", getpid())
    line.put("generation", keeper.rules.generation)
    line.put("gate", gate.word)
    line.put("gate-pid", gate.running?.process.pid ?? 0)
    line.put("gate-restarts", gate.restarts)
    line.put("leases", keeper.book.count)
    line.put("foreign-elements", keeper.book.foreignCount)
    line.put("alarms", sets.complaints(demand: keeper.rules.demand()))
    line.put("audit-lost", audit.lost)
    line.put("receive-buffers", resources.channels.map { "group \($0.group): \($0.bufferSize) bytes" })
    line.put("counters", Counter.allCases.map { "\($0) \(counts[$0.rawValue])" })
    line.put(
      "refused", Denial.allCases.filter { counts[Counter.place(of: $0)] > 0 }.map { "\($0) \(counts[Counter.place(of: $0)])" })
    return line.bytes
  }
}

extension KeeperFrame {
  fileprivate var isReady: Bool {
    switch body {
    case .ready: true
    case .grant, .refusal: false
    }
  }
}
