// SPDX-License-Identifier: Apache-2.0

/// The open leases, one a row.
package struct LeaseTable: Sendable {
  private var table = TextTable(heading: ["LEASE", "USER", "KEY", "DOOR", "LEFT", "ENDS", "ADMITS"])

  package init(_ leases: [JSONValue]) {
    for lease in leases {
      table.add([
        lease.cell("lease"), lease.cell("user"), lease.cell("key"), lease.cell("door"), lease.duration("seconds-left"),
        lease.cell("ends"), lease.cell("elements"),
      ])
    }
  }

  package var lines: [String] { table.lines }

  /// `59s`, `1m00s`, `1h00m00s`.
  package static func duration(_ seconds: Int64) -> String {
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
    let (minutes, second) = max(seconds, 0).quotientAndRemainder(dividingBy: 60)
    let (hours, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    if hours > 0 { return "\(hours)h\(padded(minute))m\(padded(second))s" }
    return minutes > 0 ? "\(minutes)m\(padded(second))s" : "\(second)s"
  }
}
