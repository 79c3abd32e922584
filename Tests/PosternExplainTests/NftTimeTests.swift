// SPDX-License-Identifier: Apache-2.0
import PosternExplain
import Testing

@Suite struct NftTimeTests {
  @Test(arguments: [
    (0, "0s"), (1, "1ms"), (1000, "1s"), (90_000, "1m30s"), (3_600_000, "1h"), (93_784_005, "1d2h3m4s5ms"),
  ])
  func text(_ milliseconds: UInt64, _ text: String) { #expect(NftTime.text(milliseconds) == text) }
}
