// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternKnock
import Testing

@Suite struct KnockPlanTests {
  @Test func sendsFourTimesAtTheAgreedMoments() {
    var plan = KnockPlan()
    var sent: [Int64] = []
    for millisecond in 0...3000 where plan.takeDue(at: .milliseconds(Int64(millisecond))) { sent.append(Int64(millisecond)) }
    #expect(sent == [0, 250, 750, 1750])
    #expect(plan.next == nil)
  }

  @Test func onceIsOnce() {
    var plan = KnockPlan(once: true)
    let first = plan.takeDue(at: .milliseconds(0))
    #expect(first)
    #expect(plan.next == nil)
    let second = plan.takeDue(at: .seconds(5))
    #expect(!second)
  }

  @Test func overdueKnocksCountAsOne() {
    var plan = KnockPlan()
    let taken = [plan.takeDue(at: .milliseconds(800)), plan.takeDue(at: .milliseconds(801))]
    #expect(taken == [true, false])
    #expect(plan.next == .milliseconds(1750))
  }
}
