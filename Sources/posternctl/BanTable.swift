// SPDX-License-Identifier: Apache-2.0

/// The bans, one a row.
package struct BanTable: Sendable {
  private var table = TextTable(heading: ["SOURCE", "CAUSE", "SINCE", "LEFT", "ENDS", "REPEATS"])

  package init(_ bans: [JSONValue]) {
    for ban in bans {
      table.add([
        ban.cell("source"), ban.cell("cause"), ban.cell("since"), ban.duration("seconds-left"), ban.cell("ends"),
        ban.cell("repeats"),
      ])
    }
  }

  package var lines: [String] { table.lines }
}
