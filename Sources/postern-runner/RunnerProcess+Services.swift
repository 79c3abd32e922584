// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKnock
import PosternPlatform
import PosternRunner
import PosternTables

/// A service and the leases that it listens for.
final class Service {
  var listener: ServiceListener?
  var leases = ServiceLeases()
  var isWatched = false
  /// Until when a listener is tried for whose place is still another's: a runner of an earlier keeper may be going.
  var trying: UInt64?
  /// When it is watched again after a program that did not live long.
  var resting: UInt64?

  /// When there is something to do.
  var deadline: UInt64? {
    let retry = listener == nil ? trying.map { _ in SystemClock.monotonic() + Self.pause } : nil
    return [leases.end, retry, resting].compactMap { $0 }.min()
  }

  static let pause: UInt64 = 50_000_000
  static let patience: UInt64 = 2_000_000_000
}

/// Services on demand: a listener for the time of a lease.
extension RunnerProcess {
  mutating func serve(_ call: ActionCall, _ ticket: RunnerRequest.Ticket, at now: UInt64) {
    guard board.program(call.program, isService: true) != nil, call.lease != nil else {
      return tell(.ended(ticket, ActionEnd(.notStarted(.record, errno: UInt8(EINVAL)))))
    }
    let service = services[call.program] ?? Service()
    services[call.program] = service
    service.leases.put(call, ticket, at: now)
    guard service.listener == nil else { return tell(.serving(ticket)) }
    service.trying = now + Service.patience
    listen(call.program, service, at: now)
  }

  private mutating func listen(_ program: Int, _ service: Service, at now: UInt64) {
    guard service.listener == nil, let trying = service.trying, let wanted = board.programs[program].service else { return }
    do throws(PlatformError) {
      service.listener = try ServiceListener(
        wanted.address, wanted.port, datagrams: wanted.transport == .udp, waits: wanted.style != .nowait)
      service.trying = nil
      watch(service, program)
      for ticket in service.leases.tickets { tell(.serving(ticket)) }
    } catch {
      guard error.code != EADDRINUSE || now >= trying else { return }
      for ticket in service.leases.tickets {
        tell(.ended(ticket, ActionEnd(.notStarted(.listen, errno: UInt8(clamping: error.code)))))
      }
      services[program] = nil
    }
  }

  private func watch(_ service: Service, _ program: Int) {
    guard !service.isWatched, let number = service.listener?.descriptor.number else { return }
    service.isWatched = (try? loop.add(lending: number, token: Token.firstService + UInt64(program))) != nil
  }

  private func unwatch(_ service: Service) {
    guard service.isWatched, let number = service.listener?.descriptor.number else { return }
    service.isWatched = false
    try? loop.remove(lending: number)
  }

  mutating func endService(_ program: Int, _ lease: LeaseID, at now: UInt64) {
    guard let service = services[program] else { return }
    service.leases.remove(lease)
    if service.leases.isEmpty { closeService(program, at: now) }
  }

  /// Nobody is let in any more. Connections go on; a program that has the listener ends.
  mutating func closeService(_ program: Int, at now: UInt64) {
    guard let service = services.removeValue(forKey: program) else { return }
    unwatch(service)
    guard board.programs[program].service?.style != .nowait else { return }
    for serving in running.values where serving.program == program && serving.verdict == nil {
      serving.verdict = .serviceEnded
      serving.process.signalGroup(SIGTERM)
      serving.deadline = now + Self.grace
    }
  }

  /// Somebody connects, or something came.
  mutating func takeConnections(_ program: Int, at now: UInt64) {
    guard let service = services[program], let style = board.programs[program].service?.style else { return }
    switch style {
    case .nowait: accept(service, program, at: now)
    case .wait, .listenFDs: handOver(service, program, style, at: now)
    }
  }

  private mutating func accept(_ service: Service, _ program: Int, at now: UInt64) {
    while board.hasRoom(program) {
      guard let incoming = try? service.listener?.accept() else { return }
      guard let (call, ticket) = service.leases.call(from: incoming.peer, port: incoming.port, at: now) else { return }
      let stream = incoming.keepStream()
      board.began(program)
      start(.init(call, ticket), input: stream.number, isConnection: true, at: now)
    }
    // The next ones wait in the kernel.
    unwatch(service)
  }

  private mutating func handOver(_ service: Service, _ program: Int, _ style: ActionService.Style, at now: UInt64) {
    unwatch(service)
    guard board.hasRoom(program), let number = service.listener?.descriptor.number,
      let (call, ticket) = service.leases.call(from: nil, port: nil, at: now)
    else { return }
    board.began(program)
    switch style {
    case .wait: start(.init(call, ticket), input: number, at: now)
    case .listenFDs: start(.init(call, ticket), input: null.number, listener: number, at: now)
    case .nowait: board.ended(program)
    }
  }

  /// A program of the service has ended; one that ended at once would be started again and again.
  mutating func rest(_ program: Int, begun: UInt64, at now: UInt64) {
    guard let service = services[program] else { return }
    let isShort = board.programs[program].service?.style != .nowait && now - begun < Self.second
    guard isShort else { return watch(service, program) }
    service.resting = begun + Self.second
  }

  mutating func tendServices(at now: UInt64) {
    for (program, service) in services {
      service.leases.removeEnded(at: now)
      if let resting = service.resting, resting <= now {
        service.resting = nil
        watch(service, program)
      }
      listen(program, service, at: now)
      if service.leases.isEmpty { closeService(program, at: now) }
    }
  }
}
