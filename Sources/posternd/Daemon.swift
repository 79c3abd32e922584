// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternSets
import PosternTables
import PosternWire

/// The keeper's loop: frames of gates, operators' requests, ends of leases and of gates, one after another in one thread.
struct Daemon: ~Copyable {
  enum Token {
    static let listener: UInt64 = 1
    static let signals: UInt64 = 2
    static let ruleset: UInt64 = 3
    static let compiled: UInt64 = 4
    static let flows: UInt64 = 5
    /// One a gate, from here on.
    static let frames: UInt64 = 16
    static let gateEnd: UInt64 = 32
    static let heirFrames: UInt64 = 48
    static let heirEnd: UInt64 = 64
    static let firstSession: UInt64 = 80
    /// Far above all sessions that there will ever be.
    static let firstRunner: UInt64 = 1 << 62
  }

  enum Limit {
    /// Messages of frames that go into one transaction at most: 1024 grants.
    static let messages = 16
    /// Of each role, so that those who view cannot keep out those who operate; followers of events count for themselves.
    static let sessions = 8
    static let followers = 8
    /// Connections taken at one wake-up.
    static let accepted = 16
    /// A slow operator's time.
    static let session: UInt64 = 5_000_000_000
    /// How often strangers are summed up and own addresses read again.
    static let summary: UInt64 = 60_000_000_000
    static let addresses: UInt64 = 30_000_000_000
    /// How often users are looked for whose time is over and who have sessions that end with it.
    static let overdue: UInt64 = 1_000_000_000
  }

  var keeper: Keeper
  var sets: DoorSets
  var ruleset: RulesetWatch
  var audit: AuditTrail
  let listener: UnixListener
  /// The file that a reload reads.
  let configuration: String
  var gates: Gates
  var resources: GateResources
  /// A new configuration on its way; nil while there is none.
  var succession: Succession?
  /// Operators who wait for the end of it.
  var waiting: [UInt64] = []
  /// A reload was asked for while one was under way.
  var wantsReload = false
  let signals: SignalSource
  var loop: EventLoop
  var sessions: [UInt64: ControlSession] = [:]
  var nextSession = Token.firstSession
  var own: Set<IPAddress> = []
  var addressesDue: UInt64 = 0
  var summaryDue: UInt64
  var ledgerDue: UInt64 = 0
  var flows: FlowWatch
  var flowsDue: UInt64 = 0
  /// What the session file tells of.
  var savedTurns: UInt64 = 0
  var sessionFileDue: UInt64 = 0
  var overdueDue: UInt64 = 0
  let runners: Runners
  /// When what is owed is tried to be written down again; zero while it is.
  var actionsDue: UInt64 = 0
  var summed: [UInt64]
  var buffer = [UInt8](repeating: 0, count: KeeperFrame.messageLimit * KeeperFrame.byteCount)
  /// What others did to sets and flows has been followed since the last event, and the last frames.
  var hasLooked = false
  private var isStopping = false

  init(
    keeper: Keeper, sets: consuming DoorSets, ruleset: consuming RulesetWatch, flows: consuming FlowWatch,
    audit: consuming AuditTrail, listener: consuming UnixListener, gates: Gates, resources: consuming GateResources,
    runners: Runners, configuration: String, alarms: [String]
  ) throws(PlatformError) {
    let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
    let loop = try EventLoop()
    try loop.add(signals.descriptor, token: Token.signals)
    try loop.add(listener.descriptor, token: Token.listener)
    try loop.add(lending: ruleset.fileDescriptor, token: Token.ruleset)
    try loop.add(lending: flows.fileDescriptor, token: Token.flows)
    self.keeper = keeper
    self.sets = sets
    self.ruleset = ruleset
    self.flows = flows
    self.audit = audit
    self.listener = listener
    self.gates = gates
    self.configuration = configuration
    self.runners = runners
    self.signals = signals
    self.loop = loop
    summed = resources.counters.snapshot()
    self.resources = resources
    summaryDue = SystemClock.monotonic() + Limit.summary
    self.audit.write([.started(generation: keeper.rules.generation)] + alarms.map { .alarm($0) }, at: Self.now)
    recallActions()
    adopt(Array(keeper.rules.catalog.sets.indices))
    beginActions()
    recallSessions()
  }

  static var now: Moment { Moment(wall: SystemClock.now(), uptime: SystemClock.monotonic()) }

  /// What an earlier keeper left in these sets becomes ours again.
  mutating func adopt(_ places: [Int]) {
    var events: [AuditEvent] = []
    var found: [FoundElement] = []
    for set in places {
      do throws(SetTrouble) {
        found += try sets.found(in: set)
      } catch {
        events.append(.alarm("a set could not be read: \(error)"))
      }
    }
    // All sets together: a lease has elements in several.
    events += keeper.adopt(found, at: Self.now)
    say(events, at: Self.now)
    // The configuration may have changed since they were given.
    carryOut(keeper.closeStrange(at: Self.now))
  }

  /// Runs until a signal ends it; answers the exit status. Leases stay: the kernel ends them.
  mutating func run() -> Int32 {
    do throws(PlatformError) {
      while !isStopping {
        tend(at: Self.now)
        feedFollowers()
        let count = try loop.wait(milliseconds: timeout())
        if (0..<count).contains(where: { loop[$0].token == Token.ruleset || loop[$0].token == Token.flows }) { followRuleset() }
        hasLooked = true
        for index in 0..<count {
          handle(loop[index])
          hasLooked = false
        }
      }
    } catch {
      Notice.write("\(error)")
      return ExitStatus.unavailable
    }
    summarise(at: Self.now)
    saveLedger(at: Self.now)
    saveSessions(at: Self.now)
    saveActions(at: Self.now)
    audit.write([.stopped], at: Self.now)
    feedFollowers()
    return 0
  }

  // MARK: Time

  /// Everything that is due by the clock.
  private mutating func tend(at now: Moment) {
    if now.uptime >= addressesDue {
      own = Set((try? Interfaces.ownAddresses()) ?? Array(own))
      if keeper.rules.tables.defence != nil { keeper.bystanders.refresh() }
      addressesDue = now.uptime + Limit.addresses
    }
    if let end = keeper.nextEnd, end <= now.uptime { say(keeper.expire(at: now), at: now) }
    if let end = keeper.held.nextEnd, end <= now.uptime { accept(keeper.released(at: now)) }
    if now.uptime >= summaryDue { summarise(at: now) }
    for (token, session) in sessions where session.deadline <= now.uptime && !waiting.contains(token) { drop(token) }
    tendLedger(at: now)
    tendSessions(at: now)
    tendGates(at: now)
    tendSuccession(at: now)
    tendActions(at: now)
  }

  private func timeout() -> CInt {
    let now = SystemClock.monotonic()
    let clocks = [
      keeper.nextEnd, keeper.held.nextEnd, gates.deadline, succession?.deadline, ledgerDeadline, sessionsDeadline,
      addressesDue, summaryDue, actionsDeadline,
    ].compactMap { $0 }
    let due = clocks + sessions.filter { !waiting.contains($0.key) }.values.map(\.deadline)
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
    case Token.listener: accept()
    case Token.signals: receiveSignals()
    case Token.ruleset, Token.flows: return
    case Token.compiled: compiled()
    case Token.frames..<Token.gateEnd: receiveFrames(of: Int(event.token - Token.frames))
    case Token.gateEnd..<Token.heirFrames: gateEnded(Int(event.token - Token.gateEnd))
    case Token.heirFrames..<Token.heirEnd: hearHeir(Int(event.token - Token.heirFrames))
    case Token.heirEnd..<Token.firstSession: heirEnded(Int(event.token - Token.heirEnd))
    case Token.firstRunner...: hearRunner(event.token)
    default: serve(event)
    }
  }

  private mutating func receiveSignals() {
    while let signal = try? signals.next() {
      if signal == SIGHUP { reload() } else { isStopping = true }
    }
  }
}
