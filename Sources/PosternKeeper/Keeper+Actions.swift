// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock
import PosternTables
package import PosternWire

/// What begins and ends with leases.
extension Keeper {
  /// Takes up what these events begin and end. Afterwards ``actionRequests(runner:at:)`` says what to ask for.
  package mutating func noteActions(of events: [AuditEvent], at now: Moment) -> [AuditEvent] {
    guard hasActions else { return [] }
    var said: [AuditEvent] = []
    for event in events {
      switch event {
      case .granted(let lease, _, _, _, _), .adopted(let lease, _): beginActions(of: lease)
      case .ended(let lease, _), .deleted(let lease, isOver: true, _): said += endActions(of: lease.id, at: now)
      // A lease may be gone with the last element that the kernel took.
      case .refused: said += endForgotten(at: now)
      case .banned(let ban, let seconds): said += act(on: ban, seconds: seconds)
      case .started, .stopped, .gateReady, .gateEnded, .observed, .deleted, .closeFailed, .revoked, .reloaded, .reloadRefused,
        .setsLost, .restored, .strangers, .session, .sessionEnded, .alarm, .auditLost, .run, .action, .service,
        .unbanned, .banRefused:
        continue
      }
    }
    return said
  }

  private var hasActions: Bool { !rules.tables.actions.isEmpty || !actions.debts.isEmpty }

  /// For every lease that stands and every debt whose lease is gone: after a start and after another configuration.
  package mutating func reconcileActions(at now: Moment) -> [AuditEvent] {
    guard hasActions else { return [] }
    for lease in book.all { beginActions(of: lease) }
    return endForgotten(at: now)
  }

  private mutating func endForgotten(at now: Moment) -> [AuditEvent] {
    let gone = actions.debts.values.filter { $0.phase == .open && book[$0.comment.lease] == nil }
    return gone.flatMap { endActions(of: $0.comment.lease, at: now) }
  }

  /// Nothing for a lease whose beginning is known; but a service lasts as long as the lease does.
  private mutating func beginActions(of lease: Lease) {
    if var debt = actions.debts[lease.id] {
      guard debt.phase == .open, debt.service != nil else { return }
      debt.isServed = false
      return actions.put(debt)
    }
    guard let door = rules.tables.doors.first(where: { $0.name == lease.comment.door }), !door.actions.isEmpty,
      actions.debts.count < ActionBook.debtLimit
    else { return }
    let element = lease.elements.first
    let programs = rules.tables.actions
    actions.put(
      ActionDebt(
        lease.comment, source: element?.address, port: element?.parts.sourcePort,
        opens: door.actions.onOpen.map { programs[$0].name }, closes: door.actions.onClose.map { programs[$0].name },
        service: door.actions.service.map { programs[$0].name }))
  }

  private mutating func endActions(of lease: LeaseID, at now: Moment) -> [AuditEvent] {
    guard var debt = actions.debts[lease], debt.phase == .open else { return [] }
    var said = debt.opens.map { AuditEvent.action(ActionResult($0, call(debt, .open, at: now), ActionEnd(.tooLate))) }
    if let service = debt.service {
      actions.endedServices.append((service, lease))
      let result = ActionResult(service, call(debt, .close, at: now), ActionEnd(.serviceEnded))
      if debt.isListening { said.append(.service(result, listens: false)) }
    }
    debt.opens = []
    debt.phase = .ending
    debt.advance()
    actions.put(debt)
    return said
  }

  // MARK: Asking

  /// What the runner is to be asked now. What the disk must know before stands in ``actions`` afterwards.
  package mutating func actionRequests(runner: Int, at now: Moment) -> (requests: [RunnerRequest], said: [AuditEvent]) {
    var requests = endedServices()
    var said: [AuditEvent] = []
    while actions.asked.count < ActionBook.askedLimit, let debt = actions.nextWaiting() {
      ask(debt, runner, at: now, &requests, &said)
    }
    while actions.asked.count < ActionBook.askedLimit, let errand = actions.errands.first {
      actions.errands.removeFirst()
      guard let program = program(errand.action) else {
        said.append(.action(ActionResult(errand.action, errand.call, ActionEnd(.notConfigured))))
        continue
      }
      var call = errand.call
      call.program = program
      let ticket = actions.ticket()
      actions.asked[ticket] = .init(runner: runner, purpose: .errand(errand))
      actions.isChanged = true
      requests.append(.run(call, ticket))
    }
    return (requests, said)
  }

  private mutating func endedServices() -> [RunnerRequest] {
    defer { actions.endedServices = [] }
    return actions.endedServices.compactMap { service, lease in
      program(service).map { .endService(program: $0, lease: lease) }
    }
  }

  private func program(_ action: Name) -> Int? { rules.tables.actions.firstIndex { $0.name == action } }

  private mutating func ask(
    _ waiting: ActionDebt, _ runner: Int, at now: Moment, _ requests: inout [RunnerRequest], _ said: inout [AuditEvent]
  ) {
    var debt = waiting
    let (names, occasion): ([Name], ActionOccasion) =
      switch debt.phase {
      case .open: (debt.opens, .open)
      case .ending: ([], .close)
      case .closing: (debt.closes, .close)
      }
    if debt.phase == .open { debt.opens = [] } else if debt.phase == .closing { debt.closes = [] }
    for name in names {
      var call = call(debt, occasion, at: now)
      guard let program = program(name) else {
        debt.hasBegun = true
        said.append(.action(ActionResult(name, call, ActionEnd(.notConfigured))))
        continue
      }
      call.program = program
      let ticket = actions.ticket()
      debt.asked[ticket] = .init(name, occasion)
      actions.asked[ticket] = .init(runner: runner, purpose: .lease(debt.comment.lease))
      requests.append(.run(call, ticket))
    }
    if debt.phase == .open { serve(&debt, at: now, &requests) }
    actions.put(debt)
  }

  private mutating func serve(_ debt: inout ActionDebt, at now: Moment, _ requests: inout [RunnerRequest]) {
    guard !debt.isServed, let service = debt.service else { return }
    debt.isServed = true
    guard let program = program(service) else { return }
    var call = call(debt, .open, at: now)
    call.program = program
    let ticket = debt.serving ?? actions.ticket()
    debt.serving = ticket
    debt.hasBegun = true
    actions.serve(debt, ticket)
    requests.append(.serve(call, ticket))
  }

  private func call(_ debt: ActionDebt, _ occasion: ActionOccasion, at now: Moment) -> ActionCall {
    let left = book[debt.comment.lease].map { $0.end.milliseconds(after: now.uptime) } ?? 0
    return ActionCall(
      program: 0, occasion: occasion, user: debt.comment.user, key: debt.comment.key, door: debt.comment.door,
      source: debt.source, port: debt.port, lease: debt.comment.lease, seconds: UInt32(clamping: (left + 999) / 1000))
  }

  // MARK: Hearing

  /// A program has ended, or could not be started, or a service listens.
  package mutating func hear(_ report: RunnerReport, at now: Moment) -> [AuditEvent] {
    switch report {
    case .ready: return []
    case .serving(let ticket):
      guard let lease = actions.serving[ticket]?.comment.lease, var debt = actions.debts[lease], let service = debt.service,
        !debt.isListening
      else { return [] }
      debt.isListening = true
      actions.put(debt)
      return [.service(ActionResult(service, call(debt, .open, at: now), ActionEnd(.exited(0))), listens: true)]
    case .ended(let ticket, let end): return ended(ticket, end, at: now)
    }
  }

  private mutating func ended(_ ticket: RunnerRequest.Ticket, _ end: ActionEnd, at now: Moment) -> [AuditEvent] {
    if let asked = actions.asked.removeValue(forKey: ticket) {
      switch asked.purpose {
      case .errand(let errand): return [.action(ActionResult(errand.action, errand.call, end))]
      case .lease(let lease): return ended(ticket, of: lease, end, at: now)
      }
    }
    guard let debt = actions.serving[ticket], let service = debt.service else { return [] }
    var call = call(debt, .open, at: now)
    if let peer = end.peer { (call.source, call.port) = (peer, end.peerPort) }
    return [.action(ActionResult(service, call, end))]
  }

  private mutating func ended(
    _ ticket: RunnerRequest.Ticket, of lease: LeaseID, _ end: ActionEnd, at now: Moment
  ) -> [AuditEvent] {
    guard var debt = actions.debts[lease], let asked = debt.asked.removeValue(forKey: ticket) else { return [] }
    debt.hasBegun = true
    debt.advance()
    actions.put(debt)
    return [.action(ActionResult(asked.action, call(debt, asked.occasion, at: now), end))]
  }

  /// A runner has ended. What it had started counts as run, for it may have been; what it had not is asked for again.
  /// `servesLeases` is true for the one that the services of open leases were asked of.
  package mutating func runnerEnded(
    _ runner: Int, servesLeases: Bool, at now: Moment, started: (RunnerRequest.Ticket) -> Bool
  ) -> [AuditEvent] {
    var said: [AuditEvent] = []
    for ticket in actions.asked.filter({ $0.value.runner == runner }).keys.sorted() {
      if started(ticket) { said += ended(ticket, ActionEnd(.unseen), at: now) } else { askAgain(ticket) }
    }
    if servesLeases { actions.forgetServices() }
    return said
  }

  private mutating func askAgain(_ ticket: RunnerRequest.Ticket) {
    guard let asked = actions.asked.removeValue(forKey: ticket) else { return }
    switch asked.purpose {
    case .errand(let errand): actions.errands.insert(errand, at: 0)
    case .lease(let lease):
      guard var debt = actions.debts[lease], let action = debt.asked.removeValue(forKey: ticket) else { return }
      owe(action, to: &debt)
      actions.put(debt)
    }
  }

  /// The beginning of a lease that is over is not made up for; where nothing of it ever started the end has nothing to do either.
  private func owe(_ asked: ActionDebt.Asked, to debt: inout ActionDebt) {
    switch (asked.occasion, debt.phase) {
    case (.open, .open): debt.opens.insert(asked.action, at: 0)
    case (.close, _): debt.closes.insert(asked.action, at: 0)
    case (.open, .ending), (.open, .closing), (.ban, _), (.knock, _): break
    }
    debt.advance()
  }

  /// Single starts that wait are not asked for.
  package mutating func forgetErrands() { actions.errands = [] }

  /// Services are asked of another runner from now on.
  package mutating func forgetServices() { actions.forgetServices() }

  package mutating func markActionsWritten() { actions.markWritten() }

  // MARK: Memory

  /// Takes up what an earlier keeper owed; to be called before ``reconcileActions(at:)``.
  package mutating func recallActions(
    _ memory: ActionRecords.Memory, at now: Moment, started: (RunnerRequest.Ticket) -> Bool
  ) -> [AuditEvent] {
    actions = ActionBook(nextTicket: memory.nextTicket)
    var said: [AuditEvent] = []
    for recalled in memory.debts {
      var debt = recalled
      for (ticket, asked) in recalled.asked.sorted(by: { $0.key < $1.key }) {
        debt.asked[ticket] = nil
        guard started(ticket) else {
          owe(asked, to: &debt)
          continue
        }
        debt.hasBegun = true
        said.append(.action(ActionResult(asked.action, call(debt, asked.occasion, at: now), ActionEnd(.unseen))))
      }
      debt.advance()
      actions.put(debt)
    }
    return said
  }

  // MARK: Knocks and bans

  /// Once a ban: not when it is found again, nor when it is written again.
  private mutating func act(on ban: Ban, seconds: UInt32) -> [AuditEvent] {
    rules.tables.onBan.compactMap { index in
      guard !act(index, .ban, source: ban.source.address, seconds: seconds) else { return nil }
      let call = ActionCall(program: index, occasion: .ban, source: ban.source.address, seconds: seconds)
      return .action(ActionResult(rules.tables.actions[index].name, call, ActionEnd(.busy)))
    }
  }

  /// An action by itself, for a ban; false where too much waits.
  package mutating func act(_ index: Int, _ occasion: ActionOccasion, source: IPAddress, seconds: UInt32) -> Bool {
    act(index, ActionCall(program: index, occasion: occasion, source: source, seconds: seconds))
  }

  /// False where too many starts wait already.
  mutating func act(_ index: Int, _ call: ActionCall) -> Bool {
    guard rules.tables.actions.indices.contains(index), rules.tables.actions[index].service == nil else { return false }
    guard actions.errands.count < ActionBook.errandLimit else { return false }
    actions.errands.append(.init(action: rules.tables.actions[index].name, call: call))
    return true
  }
}
