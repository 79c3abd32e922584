// SPDX-License-Identifier: Apache-2.0

/// The doors, one a row; what is wrong with their sets follows.
package struct DoorTable: Sendable {
  private var table = TextTable(heading: ["DOOR", "SERVICES", "LEASE", "LONGEST", "USERS", "OPEN", "SETS"])
  private var alarms: [String] = []

  package init(_ doors: [JSONValue]) {
    for door in doors {
      table.add([
        door.cell("door"), door.cell("services"), door.duration("lease"), door.duration("longest"), door.cell("users"),
        door.cell("leases"), Self.sets(of: door),
      ])
      for alarm in door.list("alarms") where !alarms.contains(alarm.cell) { alarms.append(alarm.cell) }
    }
  }

  package var lines: [String] { table.lines + alarms.map { "alarm: \($0)".withoutControls } }

  /// `inet postern door4 3/65536`: what stands in the set, and what it holds.
  private static func sets(of door: JSONValue) -> String {
    let (sets, elements, sizes) = (door.list("sets"), door.list("elements"), door.list("sizes"))
    guard !sets.isEmpty, elements.count == sets.count, sizes.count == sets.count else { return "-" }
    return sets.indices.map { index in
      let size = sizes[index].integer.map { $0 > 0 ? "/\($0)" : "" } ?? ""
      return "\(sets[index].cell) \(elements[index].cell)\(size)"
    }.joined(separator: ", ")
  }
}
