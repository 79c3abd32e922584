// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire

extension AuditEvent {
  /// The event's line in the audit. Every text in it is a name, a number or a word of ours; nothing that a stranger chose.
  package func json(at now: Moment) -> [UInt8] {
    var line = JSONLine()
    line.put("time", now.wall.rfc3339)
    switch self {
    case .started(let generation):
      line.put("event", "start")
      line.put("generation", generation)
    case .stopped: line.put("event", "stop")
    case .gateReady(let generation, let ring):
      line.put("event", ring.isFenced ? "fence" : "gate-ready")
      line.put("generation", generation)
      line.put("ring", ring.description)
    case .gateEnded(let reason, let retry):
      line.put("event", "gate-restart")
      line.put("reason", reason)
      line.put("retry-ms", retry)
    case .granted(let lease, let seconds, let renewed, let notes, let refused):
      line.put("event", "grant")
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      line.put("ends", Self.end(of: lease, at: now))
      if renewed { line.put("renewed", true) }
      if !notes.words.isEmpty { line.put("notes", notes.words) }
      if !refused.isEmpty { line.put("refused", refused.map { "\($0.key) \($0.value)" }.sorted()) }
    case .observed(let lease, let seconds, let notes):
      line.put("event", "observed")
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      if !notes.words.isEmpty { line.put("notes", notes.words) }
    case .refused(let refusal):
      line.put("event", "refusal")
      refusal.put(into: &line)
    case .adopted(let lease, let seconds):
      line.put("event", "adopt")
      Self.put(lease, into: &line)
      line.put("seconds", seconds)
      line.put("ends", Self.end(of: lease, at: now))
    case .ended(let lease, let ending):
      line.put("event", "lease-end")
      Self.put(lease, into: &line)
      line.put("reason", ending.rawValue)
    case .closeFailed(let lease, let denial):
      line.put("event", "close-failed")
      Self.put(lease, into: &line)
      line.put("reason", denial.description)
    case .reloaded(let generation):
      line.put("event", "reload")
      line.put("generation", generation)
    case .reloadRefused(let reason):
      line.put("event", "reload-refused")
      line.put("reason", reason)
    case .deleted(let lease, let isOver, let author):
      line.put("event", isOver ? "lease-end" : "element-deleted")
      Self.put(lease, into: &line)
      line.put("reason", "deleted-by-operator")
      Self.put(author, into: &line)
    case .setsLost(let sets, let leases, let author):
      line.put("event", "sets-lost")
      line.put("sets", sets)
      line.put("leases", leases)
      Self.put(author, into: &line)
    case .restored(let sets, let leases, let elements, let refused, let author):
      line.put("event", "restore")
      line.put("sets", sets)
      line.put("leases", leases)
      line.put("elements", elements)
      if !refused.isEmpty { line.put("refused", refused.map { "\($0.key) \($0.value)" }.sorted()) }
      Self.put(author, into: &line)
    case .strangers(let counts):
      line.put("event", "strangers")
      line.put("packets", counts.values.reduce(0, &+))
      line.put("refused", counts.map { "\($0.key) \($0.value)" }.sorted())
    case .session(let session):
      line.put("event", "session")
      session.put(into: &line)
    case .sessionEnded(let session, let ending, let end):
      line.put("event", "session-end")
      session.put(into: &line)
      session.putCounts(into: &line)
      if ending != .whileDown { line.put("seconds", max(0, (end - session.begin).seconds), decimals: 3) }
      line.put("reason", ending.rawValue)
    case .alarm(let text):
      line.put("event", "alarm")
      line.put("reason", text)
    }
    return line.bytes
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

  private static func end(of lease: Lease, at now: Moment) -> String {
    (now.wall + .milliseconds(Int64(clamping: lease.end.milliseconds(after: now.uptime)))).rfc3339
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
