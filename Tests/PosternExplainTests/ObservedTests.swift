// SPDX-License-Identifier: Apache-2.0
import PosternExplain
import PosternKnock
import PosternTables
import Testing

@Suite struct ObservedTests {
  @Test func whatAnObservedUserWouldOpenIsShown() throws {
    let lane = try Lane { _, keeper in keeper.users[0].observesOnly = true }
    let explanation = try lane.explain(Lane.Wish())
    guard case .observed(let opening) = explanation.verdict else {
      Issue.record("\(explanation.verdict)")
      return
    }
    #expect(opening.seconds == 30 && opening.ends == Lane.now + .seconds(30))
    #expect(
      opening.changes.allSatisfy { $0.action == .withhold } && opening.changes.first?.key == "192.0.2.7 . tcp . 22")
    #expect(explanation.json.contains(#""verdict":"observed""#))
    #expect(explanation.text.contains { $0.contains("observed, nothing opens") })
  }

  @Test func aDisabledUserIsRefusedByTheGate() throws {
    let lane = try Lane { gate, _ in gate.users[0].isDisabled = true }
    let explanation = try lane.explain(Lane.Wish())
    #expect(explanation.denial == .userDisabled && explanation.judge == .gate)
    #expect(
      explanation.text.contains { $0.contains("refused at validity by the gate: user-disabled") })
  }
}
