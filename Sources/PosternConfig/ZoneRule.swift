// SPDX-License-Identifier: Apache-2.0

/// When the clocks of a zone change in every year to come: the TZ text of POSIX with the extensions of RFC 9636 section 3.3.1, like
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule {
  private enum Day {
    /// 1 to 365; the 29th of February is never counted.
    case julian(Int)
    /// 0 to 365.
    case ordinal(Int)
    /// A weekday of a month: the first to the fourth, or 5 for the last.
    case weekday(month: Int, week: Int, day: Int)
  }

  private struct Moment {
    let day: Day
    /// Seconds after midnight.
    let time: Int
  }

  private struct Summer {
    let offset: Int
    let start: Moment
    let end: Moment
  }

  /// Seconds that are added to UTC.
  private let standard: Int
  private let summer: Summer?

  /// Nil for anything else; names are read and not kept.
  init?(_ text: [UInt8]) {
    var text = ZoneText(text)
    guard text.name(), let west = text.offset() else { return nil }
    standard = -west
    guard !text.isAtEnd else {
      summer = nil
      return
    }
    guard text.name() else { return nil }
    let offset = text.next(is: ",") ? standard + 3600 : text.offset().map { -$0 }
    guard let offset, text.take(","), let start = Self.moment(&text), text.take(","), let end = Self.moment(&text), text.isAtEnd
    else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }

  /// The offset where no clock ever changes.
  var constant: Int32? { summer == nil ? Int32(clamping: standard) : nil }

  /// The changes of a year, in seconds since 1970, in order.
  func changes(in year: Int) -> [(at: Int64, offset: Int32)] {
    guard let summer else { return [] }
    let start = (at: Self.seconds(summer.start, year) - Int64(standard), offset: Int32(clamping: summer.offset))
    let end = (at: Self.seconds(summer.end, year) - Int64(summer.offset), offset: Int32(clamping: standard))
    return start.at < end.at ? [start, end] : [end, start]
  }

  private static func seconds(_ moment: Moment, _ year: Int) -> Int64 {
    Int64(number(moment.day, year)) * 86_400 + Int64(moment.time)
  }

  private static func number(_ day: Day, _ year: Int) -> Int {
    let newYear = CivilDay.number(year, 1, 1)
    switch day {
    case .ordinal(let day): return newYear + day
    case .julian(let day): return newYear + day - 1 + (CivilDay.isLeap(year) && day >= 60 ? 1 : 0)
    case .weekday(let month, let week, let day):
      let first = CivilDay.number(year, month, 1)
      let next = month == 12 ? CivilDay.number(year + 1, 1, 1) : CivilDay.number(year, month + 1, 1)
      let number = first + (day - CivilDay.weekday(first) + 7) % 7 + (week - 1) * 7
      return number < next ? number : number - 7
    }
  }

  private static func moment(_ text: inout ZoneText) -> Moment? {
    guard let day = day(&text) else { return nil }
    guard text.take("/") else { return Moment(day: day, time: 7200) }
    return text.offset(hours: 0...167).map { Moment(day: day, time: $0) }
  }

  private static func day(_ text: inout ZoneText) -> Day? {
    if text.take("M") {
      guard let month = text.number(1...12), text.take("."), let week = text.number(1...5), text.take("."),
        let day = text.number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
    if text.take("J") { return text.number(1...365).map { .julian($0) } }
    return text.number(0...365).map { .ordinal($0) }
  }
}

/// A cursor over the text of a rule.
struct ZoneText {
  private var rest: ArraySlice<UInt8>

  init(_ text: [UInt8]) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  func next(is character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next(is: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// At least three letters, or anything plain in angle brackets.
  mutating func name() -> Bool {
    if take("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let letters = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
    rest = rest[letters.endIndex...]
    return letters.count >= 3
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func offset(hours: ClosedRange<Int> = 0...24) -> Int? {
    let sign = take("-") ? -1 : 1
    if sign == 1 { _ = take("+") }
    guard let hours = number(hours) else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] where take(":") {
      guard let part = number(0...59) else { return nil }
      seconds += part * unit
    }
    return sign * seconds
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { (48...57).contains($0) }
    guard (1...3).contains(digits.count) else { return nil }
    rest = rest[digits.endIndex...]
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return range.contains(value) ? value : nil
  }
}
