// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing

@Suite struct RFC3339Tests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (86_399, "1970-01-01T23:59:59.000Z"), (68_169_600, "1972-02-29T00:00:00.000Z"),
      (951_782_400, "2000-02-29T00:00:00.000Z"), (951_868_800, "2000-03-01T00:00:00.000Z"),
      (1_709_164_800, "2024-02-29T00:00:00.000Z"),
      (1_709_251_200, "2024-03-01T00:00:00.000Z"), (1_735_689_599, "2024-12-31T23:59:59.000Z"),
      (1_795_392_000, "2026-11-23T00:00:00.000Z"), (2_147_483_648, "2038-01-19T03:14:08.000Z"),
      (4_107_542_400, "2100-03-01T00:00:00.000Z"), (4_107_456_000, "2100-02-28T00:00:00.000Z"),
    ] as [(UInt64, String)])
  func roundTrip(_ seconds: UInt64, _ text: String) {
    #expect(Timestamp(seconds: seconds).rfc3339 == text)
    #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds))
  }

  @Test func millisecondsAreRoundedDown() {
    #expect(Timestamp(nanoseconds: 1_795_420_800_250_999_999).rfc3339 == "2026-11-23T08:00:00.250Z")
    #expect(Timestamp(nanoseconds: .max).rfc3339 == "2554-07-21T23:34:33.709Z")
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1_500_000_000), ("1970-01-01T00:00:00.000000001Z", 1),
      ("2554-07-21T23:34:33.709551615Z", .max),
    ] as [(String, UInt64)])
  func read(_ text: String, _ nanoseconds: UInt64) { #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds) }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T08:00:00", "2026-11-23t08:00:00z", "2026-11-23 08:00:00Z", "2026-11-23T08:00:00+00:00",
    "2026-11-23T08:00:00.Z", "2026-11-23T08:00:00.1234567890Z", "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z",
    "2026-12-31T23:59:60Z",
    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "1969-12-31T23:59:59Z", "2554-07-21T23:34:33.709551616Z",
    "9999-12-31T23:59:59Z",
    "+026-11-23T08:00:00Z", "2026-11-23T08:00:00.-1Z", "2026-11-23T08:00:00Z\n",
  ])
  func refused(_ text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test func everyDayOfFourCenturies() {
    for day in UInt64(0)..<146_097 {
      let noon = Timestamp(seconds: day * 86_400 + 43_200)
      guard Timestamp(rfc3339: noon.rfc3339) == noon else {
        Issue.record("day \(day)")
        return
      }
    }
  }
}
