// SPDX-License-Identifier: Apache-2.0

/// Hours of the week, as the clock on the wall of some place shows them.
package struct WeekHours: Hashable, Sendable {
  /// Minutes of a week; Monday 00:00 is the first.
  package static let week: UInt16 = 7 * 24 * 60
  package static let maximumSpans = 64

  /// In order, without overlap.
  package let spans: [Range<UInt16>]
  package let zone: LocalTime

  /// Nil for no spans or too many, empty ones, ones out of order, and minutes that no week has.
  package init?(spans: [Range<UInt16>], zone: LocalTime) {
    guard (1...Self.maximumSpans).contains(spans.count), spans.allSatisfy({ !$0.isEmpty && $0.upperBound <= Self.week }),
      zip(spans, spans.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound })
    else { return nil }
    self.spans = spans
    self.zone = zone
  }

  package func contains(_ now: Timestamp) -> Bool { boundary(after: now.nanoseconds / Self.second) != nil }

  /// Whole seconds until these hours end, rounded down; zero outside of them. What is further away than two days counts as two days.
  package func secondsLeft(at now: Timestamp) -> UInt64 {
    let start = now.nanoseconds / Self.second
    var moment = start
    while moment - start < Self.farEnough, let next = boundary(after: moment) { moment = next }
    guard moment > start else { return 0 }
    return (moment * Self.second - now.nanoseconds) / Self.second
  }

  private static let second: UInt64 = 1_000_000_000
  /// Twice the longest lease.
  private static let farEnough: UInt64 = 2 * 86_400

  /// When the span around a moment ends, or local time jumps inside it; nil outside of all spans.
  private func boundary(after seconds: UInt64) -> UInt64? {
    guard let period = zone.period(at: seconds) else { return nil }
    let local = secondOfWeek(seconds, period.offset)
    guard let span = spans.first(where: { $0.contains(UInt16(local / 60)) }) else { return nil }
    let (end, overflow) = seconds.addingReportingOverflow(UInt64(span.upperBound) * 60 - local)
    return overflow ? period.until : min(end, period.until)
  }

  /// The first of January 1970 was a Thursday.
  private func secondOfWeek(_ seconds: UInt64, _ offset: Int32) -> UInt64 {
    let week = UInt64(Self.week) * 60
    let shift = (3 * 86_400 + Int64(offset) + Int64(week)) % Int64(week)
    return (seconds % week + UInt64(shift)) % week
  }
}
