// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Report {
  /// What the kernel says of one set.
  package struct SetState: Hashable, Sendable {
    /// Nil where the set has no limit or cannot be asked.
    package var size: UInt32?
    /// What is wrong with it, in the operator's words.
    package var troubles: [String]

    package init(size: UInt32?, troubles: [String]) {
      self.size = size
      self.troubles = troubles
    }
  }

  /// One line a door, in the order of the configuration; `sets` are the states by the set's place in the catalog.
  package static func doors(_ rules: GrantRules, _ book: LeaseBook, sets: [SetState]) -> [UInt8] {
    let open = book.openByDoor
    let elements = book.elementsBySet
    var users = [Int](repeating: 0, count: rules.tables.doors.count)
    for user in rules.tables.users { for door in user.doors { users[door] += 1 } }
    var lines: [UInt8] = []
    for (index, door) in rules.tables.doors.enumerated() {
      let places = rules.catalog.sets(of: index)
      var line = JSONLine()
      line.put("door", door.name.description)
      line.put("services", door.services.map(\.description))
      line.put("lease", door.defaultLease)
      line.put("longest", door.longestLease)
      line.put("leases", open[door.name] ?? 0)
      line.put("users", users[index])
      line.put("sets", places.map { rules.catalog.sets[$0].reference.words })
      line.put("elements", places.map { elements[$0] ?? 0 })
      line.put("sizes", places.map { Int(sets[$0].size ?? 0) })
      line.put("alarms", places.flatMap { sets[$0].troubles })
      lines += line.bytes
    }
    return lines
  }
}

extension KeeperTables.SetReference {
  fileprivate var words: String { "\(family) \(table) \(set)" }
}
