// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternPlatform
import PosternRunner
import PosternState
import PosternTables
import PosternWire

/// Actions: what events begin is written down, asked of the runner, and told of when it has ended.
extension Daemon {
  /// How often it is tried again to write down what is owed.
  private static let retry: UInt64 = 1_000_000_000

  /// Writes events into the audit, and takes up what they begin and end.
  mutating func say(_ events: [AuditEvent], at now: Moment, operatorID: UInt32? = nil) {
    audit.write(events + keeper.noteActions(of: events, at: now), at: now, operatorID: operatorID)
  }

  /// Takes up what an earlier daemon owed; before its leases are taken up, for they are those that these actions belong to.
  mutating func recallActions() {
    let memory = ActionFile(in: keeper.rules.tables.stateDirectory).load()
    guard memory != nil || !keeper.rules.tables.actions.isEmpty else { return runners.closeLink() }
    let now = Self.now
    prepareRunners()
    guard let memory else { return }
    audit.write(keeper.recallActions(memory, at: now, started: runners.started), at: now)
  }

  /// After the leases are known: those that ended while no daemon ran get their end, those without a beginning theirs.
  mutating func beginActions() {
    let now = Self.now
    audit.write(keeper.reconcileActions(at: now), at: now)
    takePrograms()
  }

  private mutating func prepareRunners() {
    do throws(StateError) {
      try runners.prepare(keeper.rules.tables.stateDirectory)
    } catch {
      audit.write([.alarm("actions cannot be started: their record: \(error)")], at: Self.now)
    }
  }

  /// Goes over to the programs of the configuration that is in force now.
  mutating func takePrograms() {
    let programs = keeper.rules.tables.actions
    if !programs.isEmpty { prepareRunners() }
    let complaints = programs == runners.programs ? [] : runners.rights.complaints(programs)
    audit.write(complaints.map { .alarm($0) }, at: Self.now)
    guard runners.take(programs) != nil else { return }
    keeper.forgetServices()
  }

  /// Everything of it that is due.
  mutating func tendActions(at now: Moment) {
    if runners.isSlow, let slow = runners.current { runnerEnded(slow) }
    startRunner(at: now)
    guard now.uptime >= actionsDue else { return }
    ask(at: now)
  }

  /// When ``tendActions(at:)`` wants to be called next, if nothing happens before.
  var actionsDeadline: UInt64? { [runners.deadline, actionsDue > 0 ? actionsDue : nil].compactMap { $0 }.min() }

  private mutating func startRunner(at now: Moment) {
    do throws(PlatformError) {
      guard let running = try runners.start(at: now.uptime) else { return }
      try loop.add(running.frames.descriptor, token: running.token)
    } catch {
      runners.failed(at: now.uptime)
      audit.write([.alarm("postern-runner cannot be started: \(error)")], at: now)
    }
  }

  /// Asks for what is waiting, when the disk knows of it.
  mutating func ask(at now: Moment) {
    actionsDue = 0
    let runner = runners.current.flatMap { $0.pid == nil ? nil : $0 }
    guard runner != nil || keeper.rules.tables.actions.isEmpty else { return saveActions(at: now) }
    let (requests, said) = keeper.actionRequests(runner: runner?.serial ?? 0, at: now)
    audit.write(said, at: now)
    guard save(at: now) else {
      // What was not written down is not asked for.
      return forget(runner?.serial ?? 0, at: now) { _ in false }
    }
    guard let runner else { return }
    for request in requests {
      let isSent = try? request.encoded.withBytes { bytes throws(PlatformError) in try runner.frames.send(bytes) }
      guard isSent == true else { return runnerEnded(runner) }
    }
  }

  mutating func saveActions(at now: Moment) { _ = save(at: now) }

  private mutating func save(at now: Moment) -> Bool {
    guard keeper.actions.isChanged else { return true }
    do throws(StateError) {
      try ActionFile(in: keeper.rules.tables.stateDirectory).save(keeper.actions)
      keeper.markActionsWritten()
      return true
    } catch {
      if actionsDue == 0 { audit.write([.alarm("actions wait: what is owed cannot be written down: \(error)")], at: now) }
      actionsDue = now.uptime + Self.retry
      return false
    }
  }

  /// Reports of one runner.
  mutating func hearRunner(_ token: UInt64) {
    guard let running = runners.running(token) else { return }
    let now = Self.now
    var buffer = [UInt8](repeating: 0, count: RunnerReport.byteLimit)
    for _ in 0..<Limit.messages {
      guard let received = try? running.frames.receive(into: &buffer) else { return runnerEnded(running) }
      switch received {
      case .nothing: return
      case .closed: return runnerEnded(running)
      case .bytes(let count):
        let report = try? Array(buffer.prefix(count)).withBytes { bytes throws(WireError) in try RunnerReport(decoding: bytes) }
        guard let report else { return runnerEnded(running) }
        if case .ready(let pid) = report { running.pid = pid }
        audit.write(keeper.hear(report, at: now), at: now)
      }
    }
  }

  /// Its socket is at its end. What it had not started is asked of the next one.
  private mutating func runnerEnded(_ running: Runners.Running) {
    let now = Self.now
    try? loop.remove(running.frames.descriptor)
    let wasCurrent = runners.current === running
    let retry = runners.ended(running, at: now.uptime)
    if let retry { audit.write([.alarm("postern-runner ended; the next one starts in \(retry) ms")], at: now) }
    forget(running.serial, servesLeases: wasCurrent, at: now, started: runners.started)
  }

  private mutating func forget(
    _ runner: Int, servesLeases: Bool = true, at now: Moment, started: (RunnerRequest.Ticket) -> Bool
  ) {
    audit.write(keeper.runnerEnded(runner, servesLeases: servesLeases, at: now, started: started), at: now)
  }
}
