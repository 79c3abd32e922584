// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Lengths of time as the configuration writes them: a number and one unit, `30s`, `5m`, `1h`, `1d`, where allowed `500ms`.
package enum DurationText {
  private static let units: [(suffix: String, seconds: UInt32)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

  /// Nil for another form or more than 32 bits hold.
  package static func seconds(_ text: String) -> UInt32? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }), let count = number(text.dropLast()) else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit.seconds)
    return overflow ? nil : seconds
  }

  /// Like ``seconds(_:)``, and milliseconds too.
  package static func span(_ text: String) -> Timestamp.Span? {
    if text.hasSuffix("ms") { return number(text.dropLast(2)).map { .milliseconds(Int64($0)) } }
    return seconds(text).map { .seconds(Int64($0)) }
  }

  /// The shortest exact form.
  static func text(seconds: UInt32) -> String {
    for unit in units where seconds.isMultiple(of: unit.seconds) && seconds != 0 {
      return "\(seconds / unit.seconds)\(unit.suffix)"
    }
    return "\(seconds)s"
  }

  static func text(_ span: Timestamp.Span) -> String {
    let (seconds, rest) = span.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard rest == 0, let whole = UInt32(exactly: seconds) else { return "\(span.nanoseconds / 1_000_000)ms" }
    return text(seconds: whole)
  }

  private static func number(_ digits: Substring) -> UInt32? {
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return UInt32(digits)
  }
}
