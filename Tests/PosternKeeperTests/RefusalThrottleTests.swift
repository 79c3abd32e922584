// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import Testing

@Suite struct RefusalThrottleTests {
  private static let second: UInt64 = 1_000_000_000

  private func refusal(_ key: Int, _ denial: Denial = .replay) -> AuditEvent.Refusal {
    .init(denial: denial, user: Fixture.name("alice"), key: Fixture.name("key\(key)"))
  }

  @Test func oneKeyAndReasonEarnTenLinesAndThenOneInTenSeconds() {
    var throttle = RefusalThrottle()
    #expect((0..<50).count { _ in throttle.pass(refusal(0), at: 0) != nil } == 10)
    #expect(throttle.pass(refusal(1), at: 0) == 0, "another key")
    #expect(throttle.pass(refusal(0, .stale), at: 0) == 0, "another reason")
    #expect(throttle.pass(refusal(0), at: 10 * Self.second) == 40)
    #expect(throttle.pass(refusal(0), at: 10 * Self.second) == nil)
  }

  /// A gate in a stranger's hands may name every key and every reason.
  @Test func allTogetherAreLimited() {
    var throttle = RefusalThrottle()
    func lines(at uptime: UInt64) -> Int { (0..<10_000).count { throttle.pass(refusal($0), at: uptime) != nil } }
    #expect(lines(at: 0) == 200)
    #expect(lines(at: 5 * Self.second) == 5)
  }
}
