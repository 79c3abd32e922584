// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing
import posternctl

@Suite struct TimeTextTests {
  @Test(arguments: [
    ("1970-01-01T00:00:01Z", 1_000_000_000), ("0", 0), ("1.5", 1_500_000_000),
    ("1800000000.000000001", 1_800_000_000_000_000_001),
    ("18446744073.709551615", UInt64.max),
  ])
  func times(_ text: String, _ nanoseconds: UInt64) {
    #expect(TimeText.timestamp(text) == Timestamp(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", ".", "1.", ".5", "-1", "+1", "1e9", "1.0000000001", "18446744073.709551616", "18446744074", "99999999999999999999",
    "now", "2026-11-23", "2026-11-23T08:15:30+01:00",
  ])
  func noTimes(_ text: String) { #expect(TimeText.timestamp(text) == nil) }
}
