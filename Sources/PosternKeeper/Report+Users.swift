// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Report {
  /// One line a user, in the order of the configuration.
  package static func users(_ rules: GrantRules, _ book: LeaseBook, at now: Moment) -> [UInt8] {
    let open = book.openByUser
    let keys = Dictionary(grouping: rules.tables.keys, by: \.user)
    var lines: [UInt8] = []
    for (index, user) in rules.tables.users.enumerated() {
      let keys = keys[index] ?? []
      var line = JSONLine()
      line.put("user", user.name.description)
      line.put("valid", user.validity.contains(now.wall))
      if let start = user.validity.notBefore { line.put("not-before", start.rfc3339) }
      if let end = user.validity.notAfter { line.put("not-after", end.rfc3339) }
      line.put("doors", user.doors.map { rules.tables.doors[$0].name.description })
      line.put("keys", keys.map(\.name.description))
      line.put("keys-not-valid", keys.filter { !$0.validity.contains(now.wall) }.map(\.name.description))
      line.put("longest", user.longestLease)
      line.put("leases", open[user.name] ?? 0)
      if let knock = book.lastKnock(of: user.name) { line.put("last-knock", knock.rfc3339) }
      lines += line.bytes
    }
    return lines
  }
}
