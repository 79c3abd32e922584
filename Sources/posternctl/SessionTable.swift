// SPDX-License-Identifier: Apache-2.0

/// The open sessions, one a row.
package struct SessionTable: Sendable {
  private var table = TextTable(heading: [
    "SESSION", "USER", "KEY", "DOOR", "PROTOCOL", "FROM", "TO", "BEGAN", "PACKETS", "BYTES", "REOPENS",
  ])

  package init(_ sessions: [JSONValue]) {
    for session in sessions {
      table.add([
        cell(session, "session"), cell(session, "user"), cell(session, "key"), cell(session, "door"), cell(session, "protocol"),
        Self.end(session, "source", "source-port"), Self.end(session, "destination", "destination-port"), cell(session, "began"),
        cell(session, "packets"), cell(session, "bytes"),
        session["element-seconds-left"]?.integer.map(LeaseTable.duration) ?? "-",
      ])
    }
  }

  package var lines: [String] { table.lines }

  /// `192.0.2.7:4000`, `[2001:db8::7]:4000`.
  private static func end(_ session: JSONValue, _ address: String, _ port: String) -> String {
    guard let address = session[address]?.cell else { return "-" }
    guard let port = session[port]?.integer else { return address }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  private func cell(_ session: JSONValue, _ key: String) -> String { session[key]?.cell ?? "-" }
}
