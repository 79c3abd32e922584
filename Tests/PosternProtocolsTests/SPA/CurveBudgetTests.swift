// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import Testing

@Suite struct CurveBudgetTests {
  private let now = SPAFixture.now

  private func taken(_ budget: inout CurveBudget, at now: Timestamp) -> Int {
    var count = 0
    while count < 1000, budget.take(at: now) { count += 1 }
    return count
  }

  @Test func refills() {
    var budget = CurveBudget(perSecond: 10, now: now, seed: 1)
    let moments: [(Timestamp.Span, Int)] = [
      (.seconds(0), 10), (.milliseconds(99), 0), (.milliseconds(100), 1), (.milliseconds(350), 2), (.milliseconds(400), 1),
      (.seconds(100), 10),
    ]
    for (span, expected) in moments {
      let count = taken(&budget, at: now + span)
      #expect(count == expected, "after \(span.seconds) s")
    }
  }

  @Test func aClockThatStepsBackRefillsNothing() {
    var budget = CurveBudget(perSecond: 10, now: now, seed: 1)
    let counts = [now, now - .seconds(3600), now - .seconds(3599)].map { taken(&budget, at: $0) }
    #expect(counts == [10, 0, 10])
  }

  @Test func theLargestBudgetDoesNotOverflow() {
    var budget = CurveBudget(perSecond: .max, now: .zero, seed: 1)
    let takes = [Timestamp.zero, Timestamp(nanoseconds: .max)].map { budget.take(at: $0) }
    #expect(takes == [true, true])
  }

  @Test func lotsAreOneInSixteenAndDependOnTheSeed() {
    func lots(_ seed: UInt64) -> [Bool] {
      var budget = CurveBudget(perSecond: 0, now: now, seed: seed)
      return (0..<16_000).map { _ in budget.drawsLot() }
    }
    let drawn = lots(1).filter { $0 }.count
    #expect((900...1100).contains(drawn))
    #expect(lots(1) == lots(1))
    #expect(lots(1) != lots(2))
  }
}
