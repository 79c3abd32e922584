// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternState

/// Where audit events go: the log, and standard error as well for what an operator must not miss.
struct AuditTrail: ~Copyable {
  private var log: AuditLog
  private var throttle = RefusalThrottle()
  /// Lines that could not be written. Doors do not depend on it; the operator is told.
  private(set) var lost: UInt64 = 0

  init(_ log: consuming AuditLog) { self.log = log }

  /// Writes the events of one wake-up, in one go.
  mutating func write(_ events: [AuditEvent], at now: Moment) {
    var lines: [UInt8] = []
    var count: UInt64 = 0
    for event in events {
      guard let event = throttled(event, at: now) else { continue }
      lines += event.json(at: now)
      count += 1
      if let text = event.notice { Notice.write(text) }
    }
    guard !lines.isEmpty else { return }
    do {
      try log.append(lines)
    } catch {
      if lost == 0 { Notice.write("the audit log cannot be written: \(error)") }
      lost += count
    }
  }

  private mutating func throttled(_ event: AuditEvent, at now: Moment) -> AuditEvent? {
    guard case .refused(var refusal) = event else { return event }
    guard let heldBack = throttle.pass(refusal, at: now.uptime) else { return nil }
    refusal.heldBack = heldBack
    return .refused(refusal)
  }
}

extension AuditEvent {
  /// What also goes to standard error.
  fileprivate var notice: String? {
    switch self {
    case .gateReady(_, let ring) where ring.isFenced:
      "ready; replay ring \(ring): knocks stamped before this start are refused"
    case .gateReady: "ready"
    case .gateEnded(let reason, let retry): "the gate ended (\(reason)); the next one starts in \(retry) ms"
    case .closeFailed(let lease, let denial): "lease \(lease.id) could not be closed: \(denial)"
    case .alarm(let text): "alarm: \(text)"
    case .reloaded: "reloaded"
    case .reloadRefused(let reason): "not reloaded, the old configuration stays in force: \(reason)"
    case .setsLost(let sets, let leases, let author):
      "\(author.program) deleted \(sets.joined(separator: ", ")): \(leases) leases wait for it"
    case .restored(let sets, let leases, _, _, _): "\(sets.joined(separator: ", ")) is there again, with \(leases) leases"
    case .deleted, .started, .stopped, .granted, .observed, .refused, .adopted, .ended, .strangers, .session, .sessionEnded: nil
    }
  }
}
