// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// What the keeper answers to operators: JSON lines, the last of which says whether all went well.
package enum Report {
  /// One line a lease, soonest end first.
  package static func leases(_ book: LeaseBook, at now: Moment) -> [UInt8] { book.all.flatMap { self.lease($0, at: now) } }

  package static func lease(_ lease: Lease, at now: Moment) -> [UInt8] {
    var line = JSONLine()
    line.put("lease", lease.id.description)
    line.put("user", lease.comment.user.description)
    line.put("key", lease.comment.key.description)
    line.put("door", lease.comment.door.description)
    line.put("elements", lease.elements.map(\.description))
    let left = lease.end.milliseconds(after: now.uptime)
    line.put("seconds-left", left / 1000)
    line.put("ends", (now.wall + .milliseconds(Int64(clamping: left))).rfc3339)
    return line.bytes
  }

  /// What an operator's revoke closed and what stays open.
  package static func revocation(_ revocation: AuditEvent.Revocation) -> [UInt8] {
    var line = JSONLine()
    revocation.put(into: &line)
    return line.bytes
  }

  /// What became of sessions that were to be cut, and of a user's leases if all of his were meant.
  package static func cut(_ revocation: AuditEvent.Revocation?, sessions: Int) -> [UInt8] {
    var line = JSONLine()
    revocation?.put(into: &line)
    line.put("sessions", sessions)
    return line.bytes
  }

  package static func done() -> [UInt8] {
    var line = JSONLine()
    line.put("done", true)
    line.put("exit", 0)
    return line.bytes
  }

  /// `exit` is one of sysexits(3).
  package static func failed(_ text: String, exit: Int32) -> [UInt8] {
    var line = JSONLine()
    line.put("done", false)
    line.put("error", text)
    line.put("exit", exit)
    return line.bytes
  }
}
