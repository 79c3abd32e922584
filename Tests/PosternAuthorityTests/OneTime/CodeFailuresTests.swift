// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import Testing

@Suite struct CodeFailuresTests {
  private func fail(_ failures: inout CodeFailures, at now: Timestamp) -> [Bool] { (0..<5).map { _ in failures.note(at: now) } }

  @Test func theFifthClosesForAQuarterOfAnHour() {
    var failures = CodeFailures()
    #expect(fail(&failures, at: start) == [false, false, false, false, true])
    #expect(failures.isClosed(at: start + .milliseconds(899_999)))
    #expect(!failures.isClosed(at: start + .seconds(900)))
  }

  @Test func pausesDoubleToACap() {
    var failures = CodeFailures()
    var now = start
    for hours in [900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 57_600, 57_600] as [Int64] {
      _ = fail(&failures, at: now)
      #expect(failures.closedUntil - now == .seconds(hours))
      now = failures.closedUntil
    }
  }

  @Test func aRightCodeForgives() {
    var failures = CodeFailures()
    _ = fail(&failures, at: start)
    _ = failures.note(at: start + .seconds(1000))
    failures.forgive()
    #expect(failures == CodeFailures())
  }
}
