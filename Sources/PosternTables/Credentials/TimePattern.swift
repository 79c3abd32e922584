// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// A text of a minute in UTC, written as for strftime(3): `%Y-%m-%dT%H:%MZ`.
///
/// It knows `%Y` `%y` `%m` `%d` `%e` `%j` `%H` `%M` `%a` `%b` `%s` and `%%`; names of days and months are English, `%s` is the minute's first
/// second since 1970. Nothing in it is finer than a minute.
package struct TimePattern: Hashable, Sendable, CustomStringConvertible {
  package static let lengths = 1...64
  package static let standard = TimePattern([
    .field(.year), .literal("-"), .field(.month), .literal("-"), .field(.day), .literal("T"), .field(.hour), .literal(":"),
    .field(.minute), .literal("Z"),
  ])

  private enum Field: Character, Hashable, Sendable {
    case year = "Y"
    case shortYear = "y"
    case month = "m"
    case day = "d"
    case blankDay = "e"
    case dayOfYear = "j"
    case hour = "H"
    case minute = "M"
    case weekday = "a"
    case monthName = "b"
    case seconds = "s"
  }

  private enum Part: Hashable, Sendable {
    case literal(Character)
    case field(Field)
  }

  private let parts: [Part]

  private init(_ parts: [Part]) { self.parts = parts }

  /// Nil for a text of another length, a control character, or an unknown letter behind `%`.
  package init?(_ text: String) {
    guard Self.lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (32...126).contains($0) }) else { return nil }
    var parts: [Part] = []
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        parts.append(.literal(character))
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      if letter == "%" {
        parts.append(.literal("%"))
      } else if let field = Field(rawValue: letter) {
        parts.append(.field(field))
      } else {
        return nil
      }
    }
    self.parts = parts
  }

  package var description: String {
    parts.map { part in
      switch part {
      case .literal("%"): "%%"
      case .literal(let character): String(character)
      case .field(let field): "%\(field.rawValue)"
      }
    }.joined()
  }

  /// The text of the minute that `moment` lies in.
  package func text(at moment: Timestamp) -> String {
    let minute = Minute(moment)
    return parts.map { part in
      switch part {
      case .literal(let character): String(character)
      case .field(let field): Self.text(field, minute)
      }
    }.joined()
  }

  private static func text(_ field: Field, _ minute: Minute) -> String {
    switch field {
    case .year: minute.text(0..<4)
    case .shortYear: minute.text(2..<4)
    case .month: minute.text(5..<7)
    case .day: minute.text(8..<10)
    case .blankDay: minute.text(8..<10).replacingLeadingZero
    case .dayOfYear: String(String(1000 + minute.dayOfYear).dropFirst())
    case .hour: minute.text(11..<13)
    case .minute: minute.text(14..<16)
    case .weekday: weekdays[minute.weekday]
    case .monthName: months[(Int(minute.text(5..<7)) ?? 1) - 1]
    case .seconds: String(minute.seconds)
    }
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

/// A minute and its text in RFC 3339, whose digits stand at fixed places.
private struct Minute {
  private let digits: [UInt8]
  let seconds: UInt64

  init(_ moment: Timestamp) {
    let whole = moment.nanoseconds / 1_000_000_000
    seconds = whole - whole % 60
    digits = Array(moment.rfc3339.utf8)
  }

  func text(_ places: Range<Int>) -> String { String(decoding: digits[places], as: UTF8.self) }

  /// 0 is Sunday; the epoch was a Thursday.
  var weekday: Int { Int((seconds / 86_400 + 4) % 7) }

  /// 1 is the first of January.
  var dayOfYear: Int {
    let newYear = Timestamp(rfc3339: text(0..<4) + "-01-01T00:00:00Z") ?? .zero
    return Int((seconds - newYear.nanoseconds / 1_000_000_000) / 86_400) + 1
  }
}

extension String {
  fileprivate var replacingLeadingZero: String { first == "0" ? " " + dropFirst() : self }
}
