// SPDX-License-Identifier: Apache-2.0
import PosternExplain
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Codes, uses and hours: each refusal has a reason of its own, with words.
@Suite struct LimitTests {
  private let uri = CodeURI(issuer: "", account: "", secret: Lane.key(5).array)
  private var code: UInt32 { uri.code(at: Lane.now) }

  private func lane(_ limits: KeyLimits) throws -> Lane { try Lane { gate, _ in gate.keys[0].limits = limits } }
  private func lane() throws -> Lane { try lane(KeyLimits(secondFactor: .totp(CodeSecret(secret: Lane.key(5))))) }

  private func expect(
    _ explanation: Explanation, _ denial: Denial, _ stage: DecisionStage, _ words: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(explanation.denial == denial && denial.stage == stage, sourceLocation: location)
    #expect(
      explanation.text.contains { $0.contains(denial.description) && $0.contains(words) }, "\(explanation.text)",
      sourceLocation: location)
    #expect(explanation.json.contains("\"\(denial)\""), "\(explanation.json)", sourceLocation: location)
  }

  @Test func codes() throws {
    let lane = try lane()
    expect(try lane.explain(.init()), .secondFactorMissing, .secondFactor, "asks for a code, and none came")
    let wrong = code == 0 ? 1 : code - 1
    expect(
      try lane.explain(.init(stamp: Lane.now + .milliseconds(1), totp: wrong)), .secondFactorWrong, .secondFactor,
      "the code is wrong")
    #expect(try lane.explain(.init(stamp: Lane.now + .milliseconds(2), totp: code)).opening != nil)
    #expect(try lane.explain(.init(stamp: Lane.now + .milliseconds(252), totp: code)).opening != nil, "a repeat of the same wish")
    expect(
      try lane.explain(.init(door: "web", stamp: Lane.now + .milliseconds(3), totp: code)), .secondFactorUsed, .secondFactor,
      "the code was used before")
  }

  @Test func tooManyWrongCodes() throws {
    let lane = try lane()
    let near = (0..<4).map { uri.code(at: Lane.now + .seconds(30 * ($0 - 1))) }
    let guesses = (0..<20 as Range<UInt32>).filter { !near.contains($0) }.prefix(5)
    var last: Explanation?
    for (index, guess) in guesses.enumerated() {
      last = try lane.explain(.init(stamp: Lane.now + .milliseconds(Int64(index)), totp: guess))
    }
    expect(try #require(last), .secondFactorExhausted, .secondFactor, "one wrong code too many")
    expect(
      try lane.explain(.init(stamp: Lane.now + .milliseconds(9), totp: code)), .secondFactorClosed, .secondFactor, "switched off")
  }

  @Test func uses() throws {
    let lane = try lane(KeyLimits(uses: 1))
    #expect(try lane.explain(.init()).opening != nil)
    expect(
      try lane.explain(.init(door: "web", stamp: Lane.now + .milliseconds(1))), .usesSpent, .uses, "has opened as often as it may"
    )
  }

  /// The moment is a Friday, 08:00:00 UTC.
  @Test func hours() throws {
    let monday = try #require(WeekHours(spans: [0..<60], zone: .utc))
    let lane = try Lane { gate, _ in
      gate.calendars = [monday]
      gate.keys[0].hours = 0
    }
    expect(try lane.explain(.init()), .outsideHours, .hours, "does not count at this hour")
  }
}
