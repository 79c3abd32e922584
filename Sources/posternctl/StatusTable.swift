// SPDX-License-Identifier: Apache-2.0

/// The daemon's state as names and values, whatever members this version of the daemon has; inner objects become `outer.inner`.
package struct StatusTable: Sendable {
  private var table = TextTable()

  package init(_ status: JSONValue) { add(status, named: "") }

  package var lines: [String] { table.lines }

  private mutating func add(_ value: JSONValue, named name: String) {
    guard case .object(let members) = value, !members.isEmpty else {
      table.add([name, value.cell])
      return
    }
    for (key, member) in members.sorted(by: { $0.key < $1.key }) { add(member, named: name.isEmpty ? key : "\(name).\(key)") }
  }
}
