// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import Testing

@Suite struct ClockGateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let now: Timestamp
    var isTrusted = false
    var isSynchronised = true
    let isOpen: Bool
  }

  static let cases = [
    Case(testDescription: "at latest", now: start, isOpen: true),
    Case(testDescription: "14 s back", now: start - .seconds(14), isOpen: true),
    Case(testDescription: "15 s back", now: start - .seconds(15), isOpen: true),
    Case(testDescription: "15 s and 1 ns back", now: start - .seconds(15) - Timestamp.Span(nanoseconds: 1), isOpen: false),
    Case(testDescription: "16 s back", now: start - .seconds(16), isOpen: false),
    Case(testDescription: "16 s back, trusted", now: start - .seconds(16), isTrusted: true, isOpen: false),
    Case(testDescription: "a year on", now: start + .seconds(31_536_000), isOpen: true),
    Case(testDescription: "unsynchronised", now: start, isSynchronised: false, isOpen: false),
    Case(testDescription: "unsynchronised, trusted", now: start, isTrusted: true, isSynchronised: false, isOpen: true),
  ]

  @Test(arguments: cases) func gate(_ each: Case) {
    var gate = ClockGate(isTrusted: each.isTrusted, latest: start)
    gate.isSynchronised = each.isSynchronised
    #expect(gate.isOpen(at: each.now) == each.isOpen)
    #expect((denial { () throws(Denial) in try gate.pass(at: each.now) } == nil) == each.isOpen)
    #expect(gate.latest == (each.isOpen ? max(start, each.now) : start))
  }

  @Test func releaseTime() {
    #expect(ReleaseTime.moment.rfc3339 == "2026-11-23T00:00:00.000Z")
    var gate = ClockGate(isTrusted: true, latest: .zero)
    #expect(gate.isOpen(at: ReleaseTime.moment))
    #expect(denial { () throws(Denial) in try gate.pass(at: ReleaseTime.moment - .milliseconds(1)) } == .clockClosed)
  }
}
