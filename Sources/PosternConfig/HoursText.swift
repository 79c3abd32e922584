// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Hours of the week as the configuration writes them: days and a span of time, `mon-fri 08:00-18:00`, `sat,sun 10:00-14:00`,
/// `fri 22:00-02:00` into the next day, or days alone.
package enum HoursText {
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let day = 24 * 60

  /// Minutes of the week, Monday 00:00 being the first; nil for another form.
  package static func spans(_ text: String) -> [Range<UInt16>]? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard (1...2).contains(words.count), let days = days(words[0]) else { return nil }
    guard let times = words.count == 1 ? 0..<day : times(words[1]) else { return nil }
    return days.flatMap { span($0 * day + times.lowerBound, $0 * day + times.upperBound) }
  }

  /// In order, those that touch or overlap made one.
  package static func merged(_ spans: [Range<UInt16>]) -> [Range<UInt16>] {
    var merged: [Range<UInt16>] = []
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, span.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        merged.append(span)
      }
    }
    return merged
  }

  /// What reaches beyond Sunday goes on on Monday.
  private static func span(_ start: Int, _ end: Int) -> [Range<UInt16>] {
    let week = Int(WeekHours.week)
    guard end > week else { return [UInt16(start)..<UInt16(end)] }
    return [UInt16(start)..<UInt16(week), 0..<UInt16(end - week)]
  }

  private static func days(_ text: Substring) -> [Int]? {
    var days: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in self.days.firstIndex { $0 == end } }
      switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
      case (1, let day?, _): days.append(day)
      case (2, let first?, let last?): days += (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
      default: return nil
      }
    }
    return days
  }

  /// An end before the start, or the same, lies in the next day.
  private static func times(_ text: Substring) -> Range<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(minute)
    guard ends.count == 2, let start = ends[0], let end = ends[1], start < day, start != end else { return nil }
    return start..<(end > start ? end : end + day)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || (hour, minute) == (24, 0)
    else { return nil }
    return hour * 60 + minute
  }
}
