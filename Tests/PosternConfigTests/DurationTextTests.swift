// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import Testing

@Suite struct DurationTextTests {
  private func lease(_ text: String) -> UInt32? {
    let text = Samples.minimal.replacing("doors = [\"ssh\"]", with: "doors = [\"ssh\"]\nlongest = \"\(text)\"")
    return (try? Samples.configuration(text))?.users.first?.longestLease
  }

  private func refill(_ text: String) -> Timestamp.Span? {
    (try? Samples.configuration(Samples.minimal + "\n[limits]\nkey-refill = \"\(text)\""))?.limits.keyRefill
  }

  @Test(arguments: [("1s", UInt32(1)), ("90s", 90), ("5m", 300), ("24h", 86_400), ("1d", 86_400), ("007s", 7)])
  func leases(_ text: String, _ seconds: UInt32) { #expect(lease(text) == seconds) }

  @Test(arguments: [
    "", "s", "1", "1 s", "+1s", "-1s", "1.5s", "1S", "1w", "1h30m", "500ms", "4294967297s", "71582789m", "99999999999d", "é1s",
  ])
  func refused(_ text: String) { #expect(lease(text) == nil) }

  @Test(arguments: [
    ("500ms", Timestamp.Span.milliseconds(500)), ("1ms", .milliseconds(1)), ("5s", .seconds(5)), ("1m", .seconds(60)),
  ])
  func refills(_ text: String, _ span: Timestamp.Span) { #expect(refill(text) == span) }
}
