// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternTables
import PosternWire

/// Operators: each connection is one request and one answer, or one request to follow events.
extension Daemon {
  /// Strangers are turned away before they count, so that they cannot take the operators' places.
  mutating func accept() {
    for _ in 0..<Limit.accepted {
      guard let connection = try? listener.accept() else { return }
      guard let role = role(of: connection) else {
        Self.turnAway(connection, "not permitted", exit: ExitStatus.permission)
        continue
      }
      guard sessions.values.count(where: { $0.role == role && $0.following == nil }) < Limit.sessions else {
        Self.turnAway(connection, "too many sessions", exit: ExitStatus.temporary)
        continue
      }
      let token = nextSession
      nextSession += 1
      let session = ControlSession(connection, role: role, deadline: SystemClock.monotonic() + Limit.session)
      guard (try? session.watch(in: loop, token: token)) != nil else { continue }
      sessions[token] = session
    }
  }

  private func role(of connection: borrowing UnixConnection) -> ControlRole? {
    let groups = keeper.rules.tables.access
    let access = ControlAccess(owner: geteuid(), operators: groups.operators, viewers: groups.viewers)
    return access.role(user: connection.peer.user, groups: (try? connection.peerGroups()) ?? [])
  }

  /// Says why, as far as the socket takes it at once, and hangs up.
  private static func turnAway(_ connection: borrowing UnixConnection, _ text: String, exit: Int32) {
    _ = try? Report.failed(text, exit: exit).withBytes { bytes throws(PlatformError) in try connection.send(bytes) }
  }

  mutating func serve(_ event: EventLoop.Event) {
    guard let session = sessions[event.token] else { return }
    switch event.isWritable ? proceed(session, event.token) : session.read() {
    case .asked(let request): answer(request, session, event.token)
    case .waiting, .writing: return
    case .over: drop(event.token)
    }
  }

  private func proceed(_ session: ControlSession, _ token: UInt64) -> ControlSession.Progress {
    guard session.following == nil else { return session.feed(from: audit.memory, in: loop, token: token) }
    return session.write(in: loop, token: token)
  }

  /// Gives an operator his answer, as fast as he takes it.
  mutating func reply(_ answer: [UInt8], to token: UInt64) {
    guard let session = sessions[token] else { return }
    if case .over = session.reply(answer, in: loop, token: token) { drop(token) }
  }

  mutating func drop(_ token: UInt64) {
    sessions.removeValue(forKey: token)?.forget(in: loop)
    waiting.removeAll { $0 == token }
  }

  /// Sends new events to those who follow them.
  mutating func feedFollowers() {
    for (token, session) in sessions where session.following != nil {
      if case .over = session.feed(from: audit.memory, in: loop, token: token) { drop(token) }
    }
  }

  private mutating func answer(_ request: ControlRequest?, _ session: ControlSession, _ token: UInt64) {
    guard let request else { return reply(Report.failed("no such request", exit: ExitStatus.usage), to: token) }
    guard session.role == .operator || request.role == .viewer else {
      return reply(Report.failed("viewers may look, not change", exit: ExitStatus.permission), to: token)
    }
    do throws(OperatorRefusal) {
      if let answer = try carryOut(request, session, token) { reply(answer, to: token) }
    } catch {
      reply(Report.failed("\(error)", exit: error.exit), to: token)
    }
  }

  /// Nil where the answer comes later.
  private mutating func carryOut(
    _ request: ControlRequest, _ session: ControlSession, _ token: UInt64
  ) throws(OperatorRefusal) -> [UInt8]? {
    let user = session.peer.user
    switch request {
    case .status: return status() + Report.done()
    case .leases: return Report.leases(keeper.book, at: Self.now) + Report.done()
    case .doors: return Report.doors(keeper.rules, keeper.book, sets: sets.states(keeper.rules)) + Report.done()
    case .users: return Report.users(keeper.rules, keeper.book, at: Self.now) + Report.done()
    case .keys: return Report.keys(keeper, at: Self.now) + Report.done()
    case .events(let query): return events(query, session)
    case .reload:
      waiting.append(token)
      reload()
      return nil
    case .open(let opening):
      let planned = try keeper.open(opening, own: own, at: Self.now)
      carryOut(planned.work, operatorID: user)
      return leases(planned.leases)
    case .extend(let lease, let extent):
      carryOut(try keeper.extend(lease, extent, at: Self.now), operatorID: user)
      return leases([lease])
    case .close(let lease):
      carryOut(try keeper.close(lease, at: Self.now), operatorID: user)
      return closed { $0.id == lease }
    case .bans: return Report.bans(keeper.bans.all, at: Self.now) + Report.done()
    case .ban(let source, let seconds):
      carryOut(try keeper.ban(source, seconds: seconds, by: user, at: Self.now), operatorID: user)
      return banned(source)
    case .unban(let source):
      let lifted = try keeper.unban(source)
      carryOut(lifted.work, operatorID: user)
      guard lifted.bans.allSatisfy({ keeper.bans.ban($0.source, isManual: $0.isManual) == nil }) else {
        return Report.failed("the kernel refused", exit: ExitStatus.unavailable)
      }
      return Report.bans(lifted.bans, at: Self.now) + Report.done()
    case .sessions: return listSessions()
    case .cut(let target): return try cutSessions(target, operatorID: user)
    case .revoke(let name):
      let revoked = try keeper.revoke(name, at: Self.now)
      carryOut(revoked.work, operatorID: user)
      return Report.revocation(revoked.outcome) + closed { $0.comment.user == name }
    }
  }

  private func events(_ query: EventQuery, _ session: ControlSession) -> [UInt8]? {
    let first = audit.memory.first(of: query)
    guard query.follows else { return audit.memory.lines(first..<audit.memory.end, query.filter) + Report.done() }
    guard sessions.values.count(where: { $0.role == session.role && $0.following != nil }) < Limit.followers else {
      return Report.failed("too many follow events", exit: ExitStatus.temporary)
    }
    session.follow(.init(filter: query.filter, place: first))
    return nil
  }

  /// The leases that stand after the kernel's answer; without any the kernel took none.
  private func leases(_ ids: [LeaseID]) -> [UInt8] {
    let standing = ids.compactMap { keeper.book[$0] }
    guard !standing.isEmpty else { return Report.failed("the kernel refused", exit: ExitStatus.unavailable) }
    return standing.flatMap { Report.lease($0, at: Self.now) } + Report.done()
  }

  /// The operators' ban as the kernel took it.
  private func banned(_ source: AddressPrefix) -> [UInt8] {
    guard let ban = keeper.bans.ban(source, isManual: true) else {
      return Report.failed("the kernel refused", exit: ExitStatus.unavailable)
    }
    return Report.bans([ban], at: Self.now) + Report.done()
  }

  /// Whether none of the leases that should be closed is left.
  private func closed(_ isMeant: (Lease) -> Bool) -> [UInt8] {
    guard keeper.book.all.contains(where: isMeant) else { return Report.done() }
    return Report.failed("the kernel refused", exit: ExitStatus.unavailable)
  }
}

extension KeeperTables.Access {
  /// Who is asked for by groups must be able to connect; the daemon looks at his credentials then.
  var socketMode: UInt32 { operators == nil && viewers == nil ? 0o600 : 0o666 }
}
