// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock

extension AuditEvent {
  /// The event in words, for people who read a journal.
  package var sentence: String {
    switch self {
    case .started(let generation): "started with configuration \(generation)"
    case .stopped: "stopped; open doors stay until their leases end"
    case .gateReady(_, let ring) where ring.isFenced:
      "ready; replay ring \(ring): knocks stamped before this start are refused"
    case .gateReady: "ready"
    case .gateEnded(let reason, let retry): "the gate ended (\(reason)); the next one starts in \(retry) ms"
    case .granted(let lease, let seconds, let renewed, _, _):
      "\(lease.holder) \(renewed ? "keeps" : "opens") \(lease.comment.door) for \(seconds) s: \(lease.places)"
    case .observed(let lease, let seconds, _):
      "\(lease.holder) would open \(lease.comment.door) for \(seconds) s, and is only observed: \(lease.places)"
    case .refused(let refusal):
      "\(refusal.who) was refused\(refusal.door.map { " at \($0)" } ?? ""): \(refusal.denial)"
    case .adopted(let lease, let seconds):
      "\(lease.holder) has \(lease.comment.door) for another \(seconds) s from an earlier daemon: \(lease.places)"
    case .ended(let lease, let ending):
      "\(lease.holder) no longer has \(lease.comment.door) (\(ending.rawValue)): \(lease.places)"
    case .closeFailed(let lease, let denial): "lease \(lease.id) could not be closed: \(denial)"
    case .revoked(let revoked):
      "\(revoked.leases) leases of \(revoked.user) were revoked; \(revoked.stays.count) elements stay for others, "
        + "\(revoked.unseen.count) of others he may share unseen"
    case .reloaded(let generation): "reloaded: configuration \(generation) is in force"
    case .reloadRefused(let reason): "not reloaded, the old configuration stays in force: \(reason)"
    case .deleted(let lease, _, let author):
      "\(author.program) deleted \(lease.places) of \(lease.holder) at \(lease.comment.door)"
    case .setsLost(let sets, let leases, let author):
      "\(author.program) deleted \(sets.joined(separator: ", ")): \(leases) leases wait for it"
    case .restored(let sets, let leases, _, _, _): "\(sets.joined(separator: ", ")) is there again, with \(leases) leases"
    case .session(let session): "\(session.holder) came in: \(session.flow.tuple)"
    case .sessionEnded(let session, let ending, _): "\(session.holder) is out (\(ending.rawValue)): \(session.flow.tuple)"
    case .strangers(let counts): "\(counts.values.reduce(0, &+)) packets of strangers were refused"
    case .run(let action, let call): "a knock starts \(action) \(call.place)"
    case .action(let result): "action \(result.place) \(result.fate)"
    case .service(let result, let listens): "service \(result.place) \(listens ? "listens" : "listens no more")"
    case .banned(let ban, let seconds): "\(ban.sourceText) is banned for \(seconds) s: \(ban.cause.word)"
    case .unbanned(let ban, let ending): "\(ban.sourceText) is banned no more (\(ending.rawValue))"
    case .banRefused(let refusal): "\(refusal.source.map { "\($0)" } ?? "a source") is not banned: \(refusal.denial)"
    case .alarm(let text): "alarm: \(text)"
    case .auditLost(let lines): "\(lines) lines of the audit could not be written"
    }
  }
}

extension Lease {
  fileprivate var holder: String { "\(comment.user)/\(comment.key)" }
  fileprivate var places: String { elements.map(\.description).joined(separator: ", ") }
}

extension Session {
  fileprivate var holder: String { comment.map { "\($0.user)/\($0.key) at \($0.door)" } ?? "somebody" }
}

extension AuditEvent.Refusal {
  fileprivate var who: String {
    guard let user else { return "an unknown key" }
    return key.map { "\(user)/\($0)" } ?? "\(user)"
  }
}
