// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing

@Suite struct DenialTests {
  /// What is decided before the payload is about strangers, everything from there on about a known key.
  @Test func stagesStandInTheOrderOfTheDecision() throws {
    let stages = DecisionStage.allCases
    let payload = try #require(stages.firstIndex(of: .payload))
    for denial in Denial.allCases {
      let place = try #require(stages.firstIndex(of: denial.stage))
      #expect((place >= payload) == denial.isAuthenticated, "\(denial)")
    }
  }

  @Test func everyStageRefusesSomething() { #expect(Set(Denial.allCases.map(\.stage)) == Set(DecisionStage.allCases)) }

  @Test func namesAreDistinct() {
    #expect(Set(Denial.allCases.map(\.description)).count == Denial.allCases.count)
    #expect(Set(DecisionStage.allCases.map(\.description)).count == DecisionStage.allCases.count)
  }
}
