// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing

@Suite struct WeekHoursTests {
  /// 2027-03-22T00:00:00Z, a Monday; on the Sunday after it, at 01:00 UTC, Berlin's clocks go from 2 to 3.
  static let monday: UInt64 = 1_805_673_600
  static let leap: UInt64 = monday + 6 * 86_400 + 3600

  private func berlin() throws -> LocalTime {
    try #require(
      LocalTime(offset: 3600, changes: [.init(at: Self.leap, offset: 7200)], end: Self.leap + 100 * 86_400))
  }

  private func minutes(day: UInt16, _ hour: UInt16, _ minute: UInt16 = 0) -> UInt16 { day * 1440 + hour * 60 + minute }

  private func at(day: UInt64, _ hour: UInt64, _ minute: UInt64 = 0, _ second: UInt64 = 0) -> Timestamp {
    Timestamp(seconds: Self.monday + day * 86_400 + hour * 3600 + minute * 60 + second)
  }

  @Test func officeHoursInBerlin() throws {
    let spans = (0..<5).map { minutes(day: $0, 8)..<minutes(day: $0, 18) }
    let office = try #require(WeekHours(spans: spans, zone: try berlin()))
    #expect(!office.contains(at(day: 0, 6, 59, 59)))
    #expect(office.contains(at(day: 0, 7)))
    #expect(office.contains(at(day: 4, 16, 59, 59)))
    #expect(!office.contains(at(day: 4, 17)))
    #expect(!office.contains(at(day: 5, 9)))
    // The week after, in summer.
    #expect(office.contains(at(day: 7, 6)))
    #expect(!office.contains(at(day: 7, 16)))
    #expect(office.secondsLeft(at: at(day: 0, 16, 59, 30)) == 30)
    #expect(office.secondsLeft(at: at(day: 0, 16, 59, 30) + .milliseconds(1)) == 29)
    #expect(office.secondsLeft(at: at(day: 0, 17)) == 0)
  }

  /// Until 04:00 local time on the day on which the hour from 2 to 3 is left out.
  @Test func theClockGoesForward() throws {
    let night = try #require(WeekHours(spans: [minutes(day: 6, 0)..<minutes(day: 6, 4)], zone: try berlin()))
    let midnight = at(day: 5, 23)
    #expect(night.contains(midnight))
    #expect(night.secondsLeft(at: midnight) == 3 * 3600)
    let gap = try #require(WeekHours(spans: [minutes(day: 6, 0)..<minutes(day: 6, 2, 30)], zone: try berlin()))
    #expect(gap.secondsLeft(at: midnight) == 2 * 3600, "half past two does not come")
  }

  @Test func spansThatTouchAreOne() throws {
    let spans = [minutes(day: 0, 0)..<minutes(day: 0, 6), minutes(day: 6, 20)..<WeekHours.week]
    let night = try #require(WeekHours(spans: spans, zone: .utc))
    #expect(night.secondsLeft(at: at(day: 6, 21)) == 9 * 3600)
    let always = try #require(WeekHours(spans: [0..<WeekHours.week], zone: .utc))
    #expect(always.secondsLeft(at: at(day: 3, 3)) >= 2 * 86_400)
  }

  @Test func nothingCountsWhereNothingIsKnown() throws {
    let always = try #require(WeekHours(spans: [0..<WeekHours.week], zone: try berlin()))
    #expect(!always.contains(Timestamp(seconds: Self.leap + 100 * 86_400)))
    #expect(always.secondsLeft(at: Timestamp(seconds: Self.leap + 100 * 86_400 - 5)) == 5)
  }

  @Test func theDayOfTheWeek() throws {
    // 1970-01-01 was a Thursday.
    let thursday = try #require(WeekHours(spans: [minutes(day: 3, 0)..<minutes(day: 4, 0)], zone: .utc))
    #expect(
      thursday.contains(.zero) && thursday.contains(Timestamp(seconds: 86_399)) && !thursday.contains(Timestamp(seconds: 86_400)))
    let west = try #require(LocalTime(offset: -3600, changes: [], end: .max))
    let wednesday = try #require(WeekHours(spans: [minutes(day: 2, 23)..<minutes(day: 3, 0)], zone: west))
    #expect(wednesday.contains(.zero) && !wednesday.contains(Timestamp(seconds: 3600)))
  }

  @Test func refusesWhatIsNoWeek() throws {
    #expect(WeekHours(spans: [], zone: .utc) == nil)
    #expect(WeekHours(spans: [5..<5], zone: .utc) == nil)
    #expect(WeekHours(spans: [0..<WeekHours.week + 1], zone: .utc) == nil)
    #expect(WeekHours(spans: [0..<10, 9..<20], zone: .utc) == nil)
    #expect(WeekHours(spans: [10..<20, 0..<5], zone: .utc) == nil)
    #expect(LocalTime(offset: 0, changes: [.init(at: 5, offset: 0), .init(at: 5, offset: 1)], end: 9) == nil)
    #expect(LocalTime(offset: 0, changes: [.init(at: 9, offset: 0)], end: 9) == nil)
    #expect(LocalTime(offset: 100_000, changes: [], end: 9) == nil)
  }
}
