// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock
import PosternTables
import PosternWire

extension AuditRecord {
  /// The record for the journal: a sentence, and fields to search by.
  package var journal: JournalEntry {
    let kind = event.kind
    let subject = event.subject
    var entry = JournalEntry(event.sentence, id: kind.messageID, priority: event.priority, identifier: "posternd")
    entry.put("POSTERN_EVENT", kind.rawValue)
    entry.put("POSTERN_SEQ", "\(stamp.sequence)")
    entry.put("POSTERN_RUN", stamp.runText)
    if let operatorID { entry.put("POSTERN_OPERATOR", "\(operatorID)") }
    if let user = subject.user { entry.put("POSTERN_USER", "\(user)") }
    if let key = subject.key { entry.put("POSTERN_KEY", "\(key)") }
    if let door = subject.door { entry.put("POSTERN_DOOR", "\(door)") }
    for source in event.sources { entry.put("POSTERN_SRC", source) }
    if let lease = event.lease?.id ?? event.session?.comment?.lease { entry.put("POSTERN_LEASE", "\(lease)") }
    if let session = event.session { entry.put("POSTERN_SESSION", "\(session.id)") }
    if let reason = event.reason { entry.put("POSTERN_REASON", reason) }
    if let lease = event.standing { entry.put("POSTERN_EXPIRES", AuditEvent.end(of: lease, at: time)) }
    if case .banned(let ban, _) = event { entry.put("POSTERN_EXPIRES", AuditEvent.end(ban.end, at: time)) }
    return entry
  }
}

extension AuditEvent {
  fileprivate var priority: JournalEntry.Priority {
    switch self {
    case .closeFailed, .alarm, .auditLost: .error
    case .gateEnded, .setsLost, .reloadRefused, .banned: .warning
    case .gateReady(_, let ring): ring.isFenced ? .warning : .information
    case .refused, .revoked, .deleted, .restored, .banRefused: .notice
    case .action(let result): result.end.outcome.isGood ? .information : .warning
    case .started, .stopped, .granted, .observed, .adopted, .ended, .reloaded, .strangers, .session, .sessionEnded,
      .service, .run, .unbanned:
      .information
    }
  }

  fileprivate var lease: Lease? {
    switch self {
    case .granted(let lease, _, _, _, _), .observed(let lease, _, _), .adopted(let lease, _), .ended(let lease, _),
      .closeFailed(let lease, _),
      .deleted(let lease, _, _):
      lease
    case .started, .stopped, .gateReady, .gateEnded, .refused, .revoked, .reloaded, .reloadRefused, .setsLost, .restored,
      .strangers, .alarm, .auditLost, .session, .sessionEnded, .run, .action, .service, .banned, .unbanned, .banRefused:
      nil
    }
  }

  /// The lease of an event that tells of an open door.
  fileprivate var standing: Lease? {
    switch self {
    case .granted(let lease, _, _, _, _), .adopted(let lease, _): lease
    case .started, .stopped, .gateReady, .gateEnded, .observed, .refused, .ended, .closeFailed, .revoked, .reloaded,
      .reloadRefused,
      .deleted, .setsLost, .restored, .strangers, .alarm, .auditLost, .session, .sessionEnded, .run, .action, .service,
      .banned, .unbanned, .banRefused:
      nil
    }
  }

  fileprivate var session: Session? {
    switch self {
    case .session(let session), .sessionEnded(let session, _, _): session
    case .granted, .observed, .adopted, .ended, .closeFailed, .deleted, .started, .stopped, .gateReady, .gateEnded, .refused,
      .revoked, .reloaded, .reloadRefused, .setsLost, .restored, .strangers, .alarm, .auditLost, .run, .action, .service,
      .banned, .unbanned, .banRefused:
      nil
    }
  }

  /// The addresses that the event is about, each once.
  fileprivate var sources: [String] {
    if let session { return ["\(session.flow.tuple.source)"] }
    if case .run(_, let call) = self { return call.source.map { ["\($0)"] } ?? [] }
    if case .action(let result) = self { return result.call.source.map { ["\($0)"] } ?? [] }
    if case .service(let result, _) = self { return result.call.source.map { ["\($0)"] } ?? [] }
    if case .banned(let ban, _) = self { return [ban.sourceText] }
    if case .unbanned(let ban, _) = self { return [ban.sourceText] }
    if case .banRefused(let refusal) = self { return refusal.source.map { ["\($0)"] } ?? [] }
    if case .refused(let refusal) = self { return refusal.source.map { ["\($0)"] } ?? [] }
    return Set((lease?.elements ?? []).map(\.source)).sorted()
  }

  fileprivate var reason: String? {
    switch self {
    case .gateReady(_, let ring): "\(ring)"
    case .gateEnded(let reason, _): reason
    case .refused(let refusal), .banRefused(let refusal): "\(refusal.denial)"
    case .banned(let ban, _): ban.cause.word
    case .unbanned(_, let ending): ending.rawValue
    case .ended(_, let ending): ending.rawValue
    case .closeFailed(_, let denial): "\(denial)"
    case .alarm(let text), .reloadRefused(let text): text
    case .deleted: AuditEvent.deletedReason
    case .sessionEnded(_, let ending, _): ending.rawValue
    case .action(let result): result.end.outcome.word
    case .started, .stopped, .granted, .observed, .adopted, .revoked, .reloaded, .setsLost, .restored, .strangers, .auditLost,
      .session, .service, .run:
      nil
    }
  }
}

extension DoorElement {
  /// The address that it admits, or the network.
  fileprivate var source: String {
    let network = parts.source
    return network.length == network.address.family.width ? "\(network.address)" : "\(network)"
  }
}
