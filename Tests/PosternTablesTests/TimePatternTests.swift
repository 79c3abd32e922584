// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import Testing

@Suite struct TimePatternTests {
  /// 2004-11-01T12:34:56Z, a Monday, the 306th day of a leap year.
  private static let moment = Timestamp(seconds: 1_099_312_496)

  @Test(arguments: [
    ("%Y-%m-%dT%H:%MZ", "2004-11-01T12:34Z"), ("%a %b %e %H:%M:00 %Y", "Mon Nov  1 12:34:00 2004"), ("%y%m%d%H%M", "0411011234"),
    ("%j", "306"), ("%s", "1099312440"), ("100%%", "100%"), ("%%Y", "%Y"), ("plain", "plain"),
  ])
  func texts(_ pattern: String, _ text: String) throws {
    let read = try #require(TimePattern(pattern))
    #expect(read.text(at: Self.moment) == text)
    #expect(read.description == pattern)
  }

  @Test func theStandard() { #expect(TimePattern.standard.description == "%Y-%m-%dT%H:%MZ") }

  @Test(arguments: ["", "%", "%S", "%Y%", "%Q", "tab\t", "ü", String(repeating: "x", count: 65)])
  func refused(_ pattern: String) { #expect(TimePattern(pattern) == nil) }

  @Test func nothingIsFinerThanAMinute() throws {
    let pattern = try #require(TimePattern("%Y%y%m%d%e%j%H%M%a%b%s%%"))
    let start = Timestamp(seconds: 1_099_312_440)
    #expect(Set((0..<60).map { pattern.text(at: start + .seconds($0)) }).count == 1)
    #expect(pattern.text(at: start + .seconds(60)) != pattern.text(at: start))
  }

  /// Every day of two years, against the calendar's own counting.
  @Test func daysOfTheYearAndOfTheWeek() throws {
    let days = try #require(TimePattern("%j %a"))
    let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let newYear = try #require(Timestamp(rfc3339: "2023-01-01T00:00:00Z"))  // a Sunday
    for day in 0..<731 {
      let inYear = day < 365 ? day + 1 : day - 364
      let padded = String(String(1000 + inYear).dropFirst())
      #expect(days.text(at: newYear + .seconds(Int64(day) * 86_400 + 7)) == "\(padded) \(names[day % 7])")
    }
  }
}
