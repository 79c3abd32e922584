// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables
import PosternWire

/// Sessions: they are followed in connection tracking, told of, and cut.
extension Daemon {
  /// Takes up the sessions of an earlier keeper, and those that began while none ran.
  mutating func recallSessions() {
    let earlier = SessionFile(in: keeper.rules.tables.stateDirectory).load()
    guard let known = knownFlows() else { return }
    carryOut(keeper.recall(earlier, known, flows.marks, at: Self.now))
    carryOut(keeper.reconcile(known, flows.marks, at: Self.now))
    for session in keeper.sessions.all { noteElement(of: session.flow.tuple) }
  }

  /// Follows what the kernel tells of flows since the last call.
  mutating func followFlows() {
    do throws(SetError) {
      for _ in 0..<FlowWatch.patience {
        guard let events = try flows.next() else { return }
        for event in events { follow(event) }
      }
    } catch {
      audit.write([.alarm("sessions cannot be followed: \(error)")], at: Self.now)
    }
  }

  private mutating func follow(_ event: FlowEvent) {
    let now = Self.now
    switch event {
    case .seen(let flow):
      guard flows.marks.isSession(flow.mark) else { return }
      guard !flow.isOver else { return carryOut(keeper.end(flows.latest(flow), .closed, at: now)) }
      let isNew = keeper.sessions[flow.tuple]?.flow.id != flow.id
      carryOut(keeper.meet(flow, at: now))
      if isNew { noteElement(of: flow.tuple) }
    case .gone(let flow): carryOut(keeper.end(flow, .expired, at: now))
    case .overrun: reconcileSessions(at: now)
    }
  }

  /// How long the kernel lets in again what a one-shot door has let in.
  private mutating func noteElement(of tuple: FlowTuple) {
    guard let element = keeper.sessions[tuple]?.element, let left = sets.remaining(element) else { return }
    keeper.note(tuple, elementEnd: Self.now.uptime + left * 1_000_000)
  }

  /// Finds what no event told of, and brings counters up to date.
  mutating func reconcileSessions(at now: Moment) {
    flowsDue = now.uptime + FlowWatch.period
    if let known = knownFlows() { carryOut(keeper.reconcile(known, flows.marks, at: now)) }
  }

  private mutating func knownFlows() -> [Flow]? {
    do throws(SetError) {
      return try flows.all()
    } catch {
      audit.write([.alarm("connection tracking cannot be read: \(error)")], at: Self.now)
      return nil
    }
  }

  // MARK: Time

  mutating func tendSessions(at now: Moment) {
    if now.uptime >= flowsDue { reconcileSessions(at: now) }
    if keeper.sessions.turns != savedTurns, now.uptime >= sessionFileDue { saveSessions(at: now) }
    guard keeper.rules.cutsSomebody, keeper.sessions.count > 0, now.uptime >= overdueDue else { return }
    overdueDue = now.uptime + Limit.overdue
    for session in keeper.overdue(at: now.wall) { _ = cut(session) }
  }

  /// When ``tendSessions(at:)`` wants to be called next.
  var sessionsDeadline: UInt64 {
    var due = flowsDue
    if keeper.sessions.turns != savedTurns { due = min(due, sessionFileDue) }
    if keeper.rules.cutsSomebody, keeper.sessions.count > 0 { due = min(due, overdueDue) }
    return due
  }

  mutating func saveSessions(at now: Moment) {
    guard keeper.sessions.turns != savedTurns else { return }
    SessionFile(in: keeper.rules.tables.stateDirectory).save(keeper.sessions.all)
    savedTurns = keeper.sessions.turns
    sessionFileDue = now.uptime + SessionFile.pause
  }

  // MARK: Operators

  /// The open sessions, with counters of now.
  mutating func listSessions() -> [UInt8] {
    followFlows()
    reconcileSessions(at: Self.now)
    return Report.sessions(keeper.sessions.all, at: Self.now) + Report.done()
  }

  /// Closes what an operator named, so that nobody comes in again, and cuts its sessions.
  mutating func cutSessions(_ target: SessionTarget, operatorID: UInt32) throws(OperatorRefusal) -> [UInt8] {
    followFlows()
    let found = keeper.sessions.sessions(of: target)
    let revocation = try close(target, hasSessions: !found.isEmpty, operatorID: operatorID)
    var refused = 0
    for session in found where !cut(session, operatorID: operatorID) { refused += 1 }
    guard refused == 0 else {
      return Report.failed("\(refused) of \(found.count) sessions could not be cut", exit: ExitStatus.unavailable)
    }
    return Report.cut(revocation, sessions: found.count) + Report.done()
  }

  /// The leases of a user, or a lease, which may have ended before its sessions.
  private mutating func close(
    _ target: SessionTarget, hasSessions: Bool, operatorID: UInt32
  ) throws(OperatorRefusal) -> AuditEvent.Revocation? {
    switch target {
    case .user(let name):
      let revoked = try keeper.revoke(name, at: Self.now)
      carryOut(revoked.work, operatorID: operatorID)
      return revoked.outcome
    case .lease(let lease):
      guard keeper.book[lease] != nil || !hasSessions else { return nil }
      carryOut(try keeper.close(lease, at: Self.now), operatorID: operatorID)
      return nil
    case .session(let session):
      guard hasSessions else { throw .noSession(session) }
      return nil
    }
  }

  /// False when the kernel refused. One that is over already is as good as cut.
  private mutating func cut(_ session: Session, operatorID: UInt32? = nil) -> Bool {
    let last = flows.latest(session.flow)
    do throws(SetError) {
      let wasThere = try flows.cut(session.flow)
      carryOut(keeper.end(last, wasThere ? .cut : .expired, at: Self.now), operatorID: operatorID)
      return true
    } catch {
      audit.write([.alarm("session \(session.id) could not be cut: \(error)")], at: Self.now)
      return false
    }
  }
}
