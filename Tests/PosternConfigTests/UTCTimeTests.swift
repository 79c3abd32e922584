// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternConfig
import PosternKnock
import Testing

@Suite struct UTCTimeTests {
  /// The moment that the configuration reads from a text; nil when it refuses the text.
  private func parsed(_ text: String) -> Timestamp? {
    let text = Samples.minimal.replacing("doors = [\"ssh\"]", with: "doors = [\"ssh\"]\nnot-before = \"\(text)\"")
    return (try? Samples.configuration(text))?.users.first?.validity.notBefore
  }

  @Test(arguments: [
    "1970-01-01T00:00:00Z", "1972-02-29T23:59:59Z", "1999-12-31T23:59:59Z", "2000-02-29T12:00:00Z", "2000-03-01T00:00:00Z",
    "2026-12-31T01:02:03Z", "2100-02-28T00:00:00Z", "2100-03-01T00:00:00Z", "2400-02-29T00:00:00Z", "2553-12-31T23:59:59Z",
  ]) func agreesWithFoundation(_ text: String) throws {
    let date = try #require(ISO8601DateFormatter().date(from: text))
    #expect(parsed(text) == Timestamp(seconds: UInt64(date.timeIntervalSince1970)))
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00.000000001Z", UInt64(1)), ("1970-01-01T00:00:00.5Z", 500_000_000),
    ("1970-01-01T00:00:01.25Z", 1_250_000_000),
  ])
  func fractions(_ text: String, _ nanoseconds: UInt64) { #expect(parsed(text) == Timestamp(nanoseconds: nanoseconds)) }

  @Test(arguments: [
    "", "2027-01-01", "2027-01-01T00:00:00", "2027-01-01T00:00:00+00:00", "2027-01-01 00:00:00Z", "2027-13-01T00:00:00Z",
    "2027-00-01T00:00:00Z",
    "2027-01-00T00:00:00Z", "2027-04-31T00:00:00Z", "2100-02-29T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z",
    "2027-01-01T00:00:60Z",
    "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00.1234567890Z", "2027-01-01T00:00:00,5Z", "1969-12-31T23:59:59Z",
    "2554-01-01T00:00:00Z",
    "2027-01-01T00:00:0aZ", "+027-01-01T00:00:00Z", "2027-01-01T00:00:00Zx",
  ]) func refused(_ text: String) { #expect(parsed(text) == nil) }
}
