// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock
import PosternWire

/// An event with its place in the audit: what is written, shown and sent to the journal.
package struct AuditRecord: Hashable, Sendable {
  package var stamp: EventStamp
  package var time: Moment
  /// The user id of the operator whose request brought it about.
  package var operatorID: UInt32?
  package var event: AuditEvent

  package init(_ event: AuditEvent, stamp: EventStamp, time: Moment, operatorID: UInt32? = nil) {
    self.event = event
    self.stamp = stamp
    self.time = time
    self.operatorID = operatorID
  }

  /// The record's line in the audit.
  package var json: [UInt8] {
    var line = JSONLine()
    stamp.put(into: &line)
    line.put("time", time.wall.rfc3339)
    line.put("event", event.kind.rawValue)
    if let operatorID { line.put("operator", operatorID) }
    event.put(into: &line, at: time)
    return line.bytes
  }

  package func passes(_ filter: EventFilter) -> Bool {
    let subject = event.subject
    return filter.admits(event.kind, user: subject.user, door: subject.door, at: time.wall)
  }
}
