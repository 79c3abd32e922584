// SPDX-License-Identifier: Apache-2.0

/// The users, one a row.
package struct UserTable: Sendable {
  private var table = TextTable(heading: ["USER", "VALID", "UNTIL", "DOORS", "KEYS", "OPEN", "LAST KNOCK"])

  package init(_ users: [JSONValue]) {
    for user in users {
      table.add([
        user.cell("user"), user.cell("valid"), user.cell("not-after"), user.cell("doors"), Self.keys(of: user),
        user.cell("leases"), user.cell("last-knock"),
      ])
    }
  }

  package var lines: [String] { table.lines }

  /// The keys' names; those that do not count now in brackets.
  private static func keys(of user: JSONValue) -> String {
    let resting = Set(user.list("keys-not-valid"))
    let keys = user.list("keys").map { resting.contains($0) ? "(\($0.cell))" : $0.cell }
    return keys.isEmpty ? "-" : keys.joined(separator: ", ")
  }
}
