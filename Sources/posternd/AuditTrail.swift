// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables
import PosternWire

/// Where audit events go: the log, the journal, the memory for operators, and standard error as well for what none must miss.
///
/// Doors depend on none of it. What cannot be written is counted, told to the operator and, once writing works again, to the log.
struct AuditTrail: ~Copyable {
  private var log: AuditLog
  private var journal: DatagramSender?
  private var stamp: EventStamp
  private var throttle = RefusalThrottle()
  private(set) var memory = EventMemory()
  /// Lines that could not be written.
  private(set) var lost: UInt64 = 0
  /// Those of them that the log does not know of yet.
  private var untold: UInt64 = 0
  /// Where the journal is; nil when nothing goes there.
  private(set) var journalPath: String?
  /// Events that the journal did not take.
  private(set) var journalDropped: UInt64 = 0

  /// Goes on with the run of the last line in the file.
  init(_ tables: KeeperTables, at now: Moment) throws(StateError) {
    let boot = UInt32(truncatingIfNeeded: try BootIdentity().boot.high >> 32)
    log = try Self.log(tables)
    let lines = ((try? log.tail()) ?? []).split(separator: UInt8(ascii: "\n"))
    let last = lines.reversed().lazy.compactMap { EventStamp(startOf: $0) }.first
    stamp = EventStamp(after: last, boot: boot, start: now.wall)
    openJournal(tables.journal)
  }

  /// Opens the file again, or another one, and the journal: for log rotation and new configurations. The run goes on; the caller writes
  /// an event next, so that a new file never stands without a line. After an error all stays as it was.
  mutating func reopen(_ tables: KeeperTables) throws(StateError) {
    log = try Self.log(tables)
    openJournal(tables.journal)
  }

  private static func log(_ tables: KeeperTables) throws(StateError) -> AuditLog {
    guard let path = tables.auditFile else { return AuditLog(borrowing: 1) }
    return try AuditLog(path: path)
  }

  private mutating func openJournal(_ choice: KeeperTables.Journal) {
    switch choice {
    case .off: journalPath = nil
    case .whenThere(let path): journalPath = DatagramSender.isThere(path) ? path : nil
    case .always(let path): journalPath = path
    }
    journal = journalPath.flatMap { try? DatagramSender(to: $0) }
  }

  /// Writes the events of one wake-up, in one go. `operatorID` is the user whose request brought them about.
  mutating func write(_ events: [AuditEvent], at now: Moment, operatorID: UInt32? = nil) {
    tellLost(at: now)
    var records: [AuditRecord] = []
    for event in events {
      guard let event = throttled(event, at: now) else { continue }
      records.append(AuditRecord(event, stamp: stamp, time: now, operatorID: operatorID))
      stamp = stamp.next
      if let text = event.notice { Notice.write(text) }
    }
    guard !records.isEmpty else { return }
    if let error = append(records) { noteLost(records.count - log.linesWritten, error) }
    publish(records)
  }

  /// Says in the log how many lines it lacks, when it takes lines again.
  private mutating func tellLost(at now: Moment) {
    guard untold > 0 else { return }
    let record = AuditRecord(.auditLost(untold), stamp: stamp, time: now)
    guard append([record]) == nil else { return }
    untold = 0
    stamp = stamp.next
    publish([record])
  }

  private mutating func append(_ records: [AuditRecord]) -> StateError? {
    do throws(StateError) {
      try log.append(records.flatMap(\.json))
      return nil
    } catch {
      return error
    }
  }

  private mutating func noteLost(_ count: Int, _ error: StateError) {
    if untold == 0 { Notice.write("the audit log cannot be written: \(error)") }
    lost += UInt64(count)
    untold += UInt64(count)
  }

  private mutating func publish(_ records: [AuditRecord]) {
    for record in records {
      memory.remember(record)
      guard let sent = journal?.send(record.journal.bytes), !sent else { continue }
      journalDropped += 1
    }
  }

  private mutating func throttled(_ event: AuditEvent, at now: Moment) -> AuditEvent? {
    if case .refused(let refusal) = event { return throttled(refusal, at: now).map { .refused($0) } }
    if case .banRefused(let refusal) = event { return throttled(refusal, at: now).map { .banRefused($0) } }
    return event
  }

  private mutating func throttled(_ refusal: AuditEvent.Refusal, at now: Moment) -> AuditEvent.Refusal? {
    guard let heldBack = throttle.pass(refusal, at: now.uptime) else { return nil }
    var refusal = refusal
    refusal.heldBack = heldBack
    return refusal
  }
}

extension AuditEvent {
  /// What also goes to standard error.
  fileprivate var notice: String? {
    switch self {
    case .action(let result): result.end.outcome.isGood ? nil : sentence
    case .gateReady, .gateEnded, .closeFailed, .alarm, .reloaded, .reloadRefused, .setsLost, .restored: sentence
    case .deleted, .started, .stopped, .granted, .observed, .refused, .adopted, .ended, .revoked, .strangers, .auditLost,
      .session, .sessionEnded, .service, .run, .banned, .unbanned, .banRefused:
      nil
    }
  }
}
