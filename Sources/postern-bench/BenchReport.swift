// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// A run's figures for people and for programs.
package struct BenchReport: Sendable {
  private let figures: Figures
  private let host: String

  package init(_ figures: Figures, host: String) {
    self.figures = figures
    self.host = host
  }

  /// A table of medians and their spread over the rounds, a row for each case and subject; then the bars.
  package var text: String {
    var rows: [[String]] = []
    for place in figures.places {
      guard let spread = figures[place], !Self.isDetail(place.quantity, spread) else { continue }
      if rows.last?[0] != place.name || rows.last?[1] != place.subject { rows.append([place.name, place.subject, ""]) }
      rows[rows.count - 1][2] += "  \(place.quantity) \(Self.words(spread))"
    }
    let widths = (0..<2).map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
    let lines = rows.map { row in
      (0..<2).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].utf8.count) }.joined(separator: "  ") + row[2]
    }
    return ([host, ""] + lines + [""] + Bar.all(figures).map(Self.line)).joined(separator: "\n")
  }

  /// What only the JSON has: how many there were, and that none is missing.
  private static func isDetail(_ quantity: String, _ spread: Figures.Spread) -> Bool {
    quantity == "n" || (quantity == "missing" || quantity == "lost") && spread.most == 0
  }

  private static func words(_ spread: Figures.Spread) -> String {
    let median = number(spread.median)
    return spread.least == spread.most ? median : "\(median) [\(number(spread.least))..\(number(spread.most))]"
  }

  private static func line(_ bar: Bar) -> String {
    "[\(bar.isMet ? "ok" : "no")] \(bar.words): \(number(bar.value)), \(bar.isMost ? "at most" : "at least") \(number(bar.limit))"
  }

  /// One object a quantity, then one a bar.
  package var json: [UInt8] {
    figures.places.flatMap { place -> [UInt8] in
      guard let spread = figures[place] else { return [] }
      var line = JSONLine()
      line.put("host", host)
      line.put("case", place.name)
      line.put("subject", place.subject)
      line.put("quantity", place.quantity)
      line.put("median", spread.median, decimals: 3)
      line.put("least", spread.least, decimals: 3)
      line.put("most", spread.most, decimals: 3)
      return line.bytes
    }
      + Bar.all(figures).flatMap { bar -> [UInt8] in
        var line = JSONLine()
        line.put("bar", bar.words)
        line.put("value", bar.value, decimals: 3)
        line.put(bar.isMost ? "at-most" : "at-least", bar.limit, decimals: 3)
        line.put("met", bar.isMet)
        return line.bytes
      }
  }

  /// Whole numbers from a hundred on, otherwise two decimals.
  private static func number(_ value: Double) -> String {
    guard value.magnitude < 100, value != value.rounded() else { return String(Int(value.rounded())) }
    let hundredths = Int((value * 100).rounded())
    let part = hundredths % 100
    return "\(hundredths / 100).\(part < 10 ? "0" : "")\(part)"
  }
}
