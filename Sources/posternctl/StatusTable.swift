// SPDX-License-Identifier: Apache-2.0

/// The daemon's state as names and values: what matters first, then whatever else this version of the daemon has.
package struct StatusTable: Sendable {
  private static let order = [
    "alarms", "gate", "gates", "leases", "generation", "gate-restarts", "pid", "gate-pid", "foreign-elements", "audit-lost",
    "journal", "journal-dropped", "sessions", "followers", "receive-buffers", "counters", "refused",
  ]

  private var table = TextTable()

  package init(_ status: JSONValue) {
    guard case .object(let members) = status else { return }
    let others = members.keys.filter { !Self.order.contains($0) }.sorted()
    for name in Self.order + others {
      if let value = members[name] { add(value, named: name) }
    }
  }

  package var lines: [String] { table.lines }

  /// A list takes a row for each element; inner objects become `outer.inner`.
  private mutating func add(_ value: JSONValue, named name: String) {
    switch value {
    case .array(let values) where !values.isEmpty:
      for (index, value) in values.enumerated() { table.add([index == 0 ? name : "", value.cell]) }
    case .object(let members) where !members.isEmpty:
      for (key, member) in members.sorted(by: { $0.key < $1.key }) { add(member, named: "\(name).\(key)") }
    case .array, .object, .null, .boolean, .integer, .number, .string: table.add([name, value.cell])
    }
  }
}
