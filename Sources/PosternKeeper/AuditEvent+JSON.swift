// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire

extension AuditEvent {
  /// Puts what this kind of event has to say. Every text in it is a name, a number or a word of ours; nothing that a stranger chose.
  func put(into line: inout JSONLine, at now: Moment) {
    switch self {
    case .started(let generation): line.put("generation", generation)
    case .stopped: break
    case .gateReady(let generation, let ring):
      line.put("generation", generation)
      line.put("ring", ring.description)
    case .gateEnded(let reason, let retry):
      line.put("reason", reason)
      line.put("retry-ms", retry)
    case .granted(let lease, let seconds, let renewed, let notes, let refused):
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      line.put("ends", Self.end(of: lease, at: now))
      if renewed { line.put("renewed", true) }
      if !notes.words.isEmpty { line.put("notes", notes.words) }
      if !refused.isEmpty { line.put("refused", refused.map { "\($0.key) \($0.value)" }.sorted()) }
    case .observed(let lease, let seconds, let notes):
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      if !notes.words.isEmpty { line.put("notes", notes.words) }
    case .refused(let refusal): refusal.put(into: &line)
    case .adopted(let lease, let seconds):
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      line.put("ends", Self.end(of: lease, at: now))
    case .ended(let lease, let ending):
      Self.put(lease, into: &line)
      line.put("reason", ending.rawValue)
    case .closeFailed(let lease, let denial):
      Self.put(lease, into: &line)
      line.put("reason", denial.description)
    case .reloaded(let generation): line.put("generation", generation)
    case .reloadRefused(let reason): line.put("reason", reason)
    case .deleted(let lease, _, let author):
      Self.put(lease, into: &line)
      line.put("reason", Self.deletedReason)
      Self.put(author, into: &line)
    case .setsLost(let sets, let leases, let author):
      line.put("sets", sets)
      line.put("leases", leases)
      Self.put(author, into: &line)
    case .restored(let sets, let leases, let elements, let refused, let author):
      line.put("sets", sets)
      line.put("leases", leases)
      line.put("elements", elements)
      if !refused.isEmpty { line.put("refused", refused.map { "\($0.key) \($0.value)" }.sorted()) }
      Self.put(author, into: &line)
    case .strangers(let counts):
      line.put("packets", counts.values.reduce(0, &+))
      line.put("refused", counts.map { "\($0.key) \($0.value)" }.sorted())
    case .revoked(let revocation): revocation.put(into: &line)
    case .session(let session): session.put(into: &line)
    case .sessionEnded(let session, let ending, let end):
      session.put(into: &line)
      session.putCounts(into: &line)
      if ending != .whileDown { line.put("seconds", max(0, (end - session.begin).seconds), decimals: 3) }
      line.put("reason", ending.rawValue)
    case .run(let action, let call):
      line.put("action", action.description)
      call.put(into: &line)
    case .action(let result):
      result.put(into: &line)
      result.putEnd(into: &line)
    case .service(let result, let listens):
      result.put(into: &line)
      line.put("listens", listens)
    case .banned(let ban, let seconds):
      ban.put(into: &line)
      line.put("seconds", seconds)
      line.put("ends", Self.end(ban.end, at: now))
    case .unbanned(let ban, let ending):
      ban.put(into: &line)
      line.put("since", ban.since.rfc3339)
      line.put("reason", ending.rawValue)
    case .banRefused(let refusal): refusal.put(into: &line)
    case .alarm(let text): line.put("reason", text)
    case .auditLost(let lines): line.put("lines", lines)
    }
  }

  private static func put(_ author: ForeignChange.Author, into line: inout JSONLine) {
    line.put("program", author.program)
    line.put("process", author.process)
  }

  private static func put(_ lease: Lease, into line: inout JSONLine) {
    line.put("user", lease.comment.user.description)
    line.put("key", lease.comment.key.description)
    line.put("door", lease.comment.door.description)
    line.put("lease", lease.id.description)
    line.put("elements", lease.elements.map(\.description))
  }

  /// Why a lease ended whose element somebody deleted.
  static let deletedReason = "deleted-by-operator"

  static func end(of lease: Lease, at now: Moment) -> String { end(lease.end, at: now) }

  /// An uptime as the wall clock will show it.
  static func end(_ uptime: UInt64, at now: Moment) -> String {
    (now.wall + .milliseconds(Int64(clamping: uptime.milliseconds(after: now.uptime)))).rfc3339
  }
}

extension AuditEvent.Revocation {
  func put(into line: inout JSONLine) {
    line.put("user", user.description)
    line.put("leases", leases)
    line.put("stays", stays.map(\.description))
    line.put("unseen", unseen.map(\.description))
  }
}

extension AuditEvent.Refusal {
  fileprivate func put(into line: inout JSONLine) {
    line.put("reason", denial.description)
    if let user { line.put("user", user.description) }
    if let key { line.put("key", key.description) }
    if let door { line.put("door", door.description) }
    if let source { line.put("source", source.description) }
    if let skew { line.put("skew", skew.seconds, decimals: 3) }
    if heldBack > 0 { line.put("held-back", heldBack) }
  }
}

extension Grant.Notes {
  /// The notes in words, for the audit.
  package var words: [String] {
    var words: [String] = []
    if contains(.leaseCut) { words.append("lease-cut") }
    if contains(.packetSource) { words.append("packet-source") }
    if contains(.sourcePortIgnored) { words.append("source-port-ignored") }
    if contains(.familySkipped) { words.append("family-skipped") }
    if contains(.familyNotServed) { words.append("family-not-served") }
    return words
  }
}
