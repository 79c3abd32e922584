// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// RFC 3339 times in UTC, `2027-01-01T00:00:00Z`, with an optional fraction of up to nine digits.
enum UTCTime {
  /// From the epoch to where nanoseconds in 64 bits end.
  private static let years = 1970...2553
  private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

  /// Nil for another form, another offset, a leap second, or a day that no calendar has.
  static func parse(_ text: String) -> Timestamp? {
    let text = Array(text.utf8)
    guard (20...30).contains(text.count), text.count != 21, text.last == UInt8(ascii: "Z"),
      text.separators == Array("--T::".utf8),
      let year = text.number(0..<4), let month = text.number(5..<7), let day = text.number(8..<10),
      let hour = text.number(11..<13), let minute = text.number(14..<16), let second = text.number(17..<19),
      let fraction = fraction(text[19..<(text.count - 1)]), years.contains(year), (1...12).contains(month),
      (1...length(ofMonth: month, in: year)).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    return Timestamp(nanoseconds: UInt64(seconds) * 1_000_000_000 + fraction)
  }

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400 - 477  // 477 of them until the end of 1969
    let months = (1..<month).reduce(0) { $0 + length(ofMonth: $1, in: year) }
    return (year - 1970) * 365 + leapDays + months + day - 1
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return month == 2 && isLeap ? 29 : monthLengths[month - 1]
  }

  private static func fraction(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard let point = digits.first else { return 0 }
    let digits = Array(digits.dropFirst())
    guard point == UInt8(ascii: "."), let value = digits.number(0..<digits.count) else { return nil }
    return (digits.count..<9).reduce(UInt64(value)) { scaled, _ in scaled * 10 }
  }
}

extension [UInt8] {
  /// What stands between the numbers of a time.
  fileprivate var separators: [UInt8] { [4, 7, 10, 13, 16].map { self[$0] } }

  fileprivate func number(_ range: Range<Int>) -> Int? {
    var value = 0
    for digit in self[range] {
      guard (48...57).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 48)
    }
    return value
  }
}
