// SPDX-License-Identifier: Apache-2.0

/// Rows of cells, printed in columns two blanks apart.
package struct TextTable: Sendable {
  private var rows: [[String]]

  /// Without a heading only the rows are printed.
  package init(heading: [String] = []) { rows = heading.isEmpty ? [] : [heading] }

  /// Cells are stripped of whatever steers a terminal.
  package mutating func add(_ cells: [String]) { rows.append(cells.map(\.withoutControls)) }

  /// The lines, each without blanks at its end.
  package var lines: [String] {
    let widths = widths
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private var widths: [Int] {
    var widths = Array(repeating: 0, count: rows.map(\.count).max() ?? 0)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    return widths
  }
}
