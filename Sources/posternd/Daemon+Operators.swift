// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternWire

/// Operators: each connection is one request and one answer.
extension Daemon {
  mutating func accept() {
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

  mutating func serve(_ event: EventLoop.Event) {
    guard let session = sessions[event.token] else { return }
    switch event.isWritable ? session.write() : session.read() {
    case .waiting, .writing: return
    case .over: drop(event.token)
    case .asked(.reload):
      waiting.append(event.token)
      reload()
    case .asked(let request): reply(answer(request), to: event.token)
    }
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

  private mutating func answer(_ request: ControlRequest?) -> [UInt8] {
    switch request {
    case nil: return Report.failed("no such request", exit: ExitStatus.usage)
    case .status: return status() + Report.done()
    // Answered when it is done.
    case .reload: return []
    case .leases: return Report.leases(keeper.book, at: Self.now) + Report.done()
    case .keys: return Report.keys(keeper, at: Self.now) + Report.done()
    case .sessions: return listSessions()
    case .cut(let target): return cutSessions(target)
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
    line.put("alarms", sets.complaints(keeper.rules))
    line.put("audit-lost", audit.lost)
    line.put("receive-buffers", resources.channels.map { "group \($0.group): \($0.bufferSize) bytes" })
    line.put("counters", Counter.allCases.map { "\($0) \(counts[$0.rawValue])" })
    line.put(
      "refused", Denial.allCases.filter { counts[Counter.place(of: $0)] > 0 }.map { "\($0) \(counts[Counter.place(of: $0)])" })
    return line.bytes
  }
}
