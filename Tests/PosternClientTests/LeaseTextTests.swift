// SPDX-License-Identifier: Apache-2.0
import PosternClient
import Testing

@Suite struct LeaseTextTests {
  @Test(arguments: [("1s", 1), ("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("4294967295s", UInt32.max)])
  func accepted(_ text: String, _ seconds: UInt32) { #expect(LeaseText.seconds(text) == seconds) }

  @Test(arguments: ["", "s", "30", "0s", "-1s", "+1s", "1.5h", "1w", "30 s", "4294967296s", "71582789m", "49711d"])
  func refused(_ text: String) { #expect(LeaseText.seconds(text) == nil) }
}
