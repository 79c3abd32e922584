// SPDX-License-Identifier: Apache-2.0

/// Days of the Gregorian calendar, counted from 1970-01-01.
enum CivilDay {
  /// The count of a day; months and days start at 1 (Hinnant, "chrono-compatible low-level date algorithms").
  static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// 0 is Sunday.
  static func weekday(_ number: Int) -> Int { ((number + 4) % 7 + 7) % 7 }

  static func isLeap(_ year: Int) -> Bool { year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) }

  /// The year in which a second since 1970 lies, in UTC.
  static func year(ofSecond second: Int64) -> Int {
    var year = 1970 + Int(second / (366 * 86_400))
    while Int64(number(year + 1, 1, 1)) * 86_400 <= second { year += 1 }
    return year
  }
}
