// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
  /// The UTC text of RFC 3339 with milliseconds, rounded down: `2026-11-23T08:15:30.250Z`.
  package var rfc3339: String {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (days, ofDay) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let date = CivilDate(daysSince1970: Int(days))
    let second = Int(ofDay)
    var text: [UInt8] = []
    text.reserveCapacity(24)
    for (value, width, mark) in [
      (date.year, 4, UInt8(ascii: "-")), (date.month, 2, UInt8(ascii: "-")), (date.day, 2, UInt8(ascii: "T")),
      (second / 3600, 2, UInt8(ascii: ":")), (second / 60 % 60, 2, UInt8(ascii: ":")), (second % 60, 2, UInt8(ascii: ".")),
      (Int(rest / 1_000_000), 3, UInt8(ascii: "Z")),
    ] {
      append(value, width, to: &text)
      text.append(mark)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction of one to nine digits, and `Z`.
  ///
  /// Nil for anything else: other offsets, lower case, a leap second (the clock has no number for it), days that do not exist, and
  /// moments outside what a timestamp holds (1970...2554).
  package init?(rfc3339 text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard (20...30).contains(bytes.count), bytes.last == UInt8(ascii: "Z"), Self.hasSeparators(bytes),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
      let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      hour < 24, minute < 60, second < 60, year >= 1970, let fraction = Self.fraction(bytes[19..<bytes.count - 1]),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    let seconds = UInt64(date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second)
    let (whole, tooLate) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow) = whole.addingReportingOverflow(fraction)
    guard !tooLate, !overflow else { return nil }
    self.init(nanoseconds: sum)
  }

  private static func hasSeparators(_ bytes: [UInt8]) -> Bool {
    bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-") && bytes[10] == UInt8(ascii: "T")
      && bytes[13] == UInt8(ascii: ":") && bytes[16] == UInt8(ascii: ":")
  }

  /// Nanoseconds of `.digits`; zero for nothing at all.
  private static func fraction(_ text: ArraySlice<UInt8>) -> UInt64? {
    guard let point = text.first else { return 0 }
    let digits = text.dropFirst()
    guard point == UInt8(ascii: "."), !digits.isEmpty, let value = number(digits) else { return nil }
    return (digits.count..<9).reduce(UInt64(value)) { value, _ in value * 10 }
  }
}

/// A day of the proleptic Gregorian calendar; the arithmetic counts years from March, so that the leap day comes last.
private struct CivilDate {
  let year: Int
  let month: Int
  let day: Int

  /// Days of four hundred years, after which the calendar repeats.
  private static let daysPerEra = 146_097
  /// Days from 0000-03-01 to 1970-01-01.
  private static let epoch = 719_468

  /// Nil for a day that does not exist.
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1 else { return nil }
    self.year = year
    self.month = month
    self.day = day
    let roundTrip = CivilDate(daysSince1970: daysSince1970)
    guard roundTrip.month == month, roundTrip.day == day else { return nil }
  }

  init(daysSince1970 days: Int) {
    let (era, dayOfEra) = (days + Self.epoch).quotientAndRemainder(dividingBy: Self.daysPerEra)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shiftedYear.quotientAndRemainder(dividingBy: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * Self.daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epoch
  }
}

/// The last `width` decimal digits of a number.
private func append(_ value: Int, _ width: Int, to text: inout [UInt8]) {
  var scale = (1..<width).reduce(1) { scale, _ in scale * 10 }
  while scale > 0 {
    text.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
    scale /= 10
  }
}

/// A number of at most nine decimal digits, without sign.
private func number(_ digits: ArraySlice<UInt8>) -> Int? {
  guard digits.count <= 9, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
}
