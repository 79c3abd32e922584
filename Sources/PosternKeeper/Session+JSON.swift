// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

extension Session {
  /// Who and what, for the audit and for operators.
  package func put(into line: inout JSONLine) {
    line.put("session", id.description)
    if let comment {
      line.put("user", comment.user.description)
      line.put("key", comment.key.description)
      line.put("door", comment.door.description)
      line.put("lease", comment.lease.description)
    }
    let tuple = flow.tuple
    line.put("protocol", tuple.transport.description)
    line.put("source", tuple.source.description)
    if tuple.transport.hasPorts { line.put("source-port", tuple.sourcePort) }
    line.put("destination", tuple.destination.description)
    if tuple.transport.hasPorts { line.put("destination-port", tuple.destinationPort) }
    if flow.server != tuple.destination || flow.serverPort != tuple.destinationPort {
      line.put("server", flow.server.description)
      if tuple.transport.hasPorts { line.put("server-port", flow.serverPort) }
    }
    line.put("began", begin.rfc3339)
  }

  /// Packets and bytes of both directions, where the kernel counts them.
  package func putCounts(into line: inout JSONLine) {
    if let packets = flow.packets { line.put("packets", packets) }
    if let bytes = flow.bytes { line.put("bytes", bytes) }
  }
}

extension Report {
  /// One line a session, the oldest first.
  package static func sessions(_ sessions: [Session], at now: Moment) -> [UInt8] {
    sessions.flatMap { session -> [UInt8] in
      var line = JSONLine()
      session.put(into: &line)
      session.putCounts(into: &line)
      line.put("seconds", max(0, (now.wall - session.begin).nanoseconds / 1_000_000_000))
      if let end = session.elementEnd { line.put("element-seconds-left", end.milliseconds(after: now.uptime) / 1000) }
      return line.bytes
    }
  }
}
