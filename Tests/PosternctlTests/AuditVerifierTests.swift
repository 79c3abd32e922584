// SPDX-License-Identifier: Apache-2.0
import PosternControl
import Testing
import posternctl

@Suite struct AuditVerifierTests {
  private func line(_ sequence: UInt64, run: UInt64 = 1, _ rest: String = #","event":"stop"}"#) -> String {
    let stamp = EventStamp(sequence: sequence, run: run, boot: 2)
    return #"{"seq":\#(sequence),"run":"\#(stamp.runText)","boot":"\#(stamp.bootText)""# + rest
  }

  private func findings(_ lines: [String]) -> [AuditVerifier.Finding?] {
    var verifier = AuditVerifier()
    return lines.map { verifier.check(Array($0.utf8), isWhole: true) }
  }

  @Test func nothingIsMissing() {
    #expect(findings((7..<20).map { line($0) }).allSatisfy { $0 == nil })
  }

  @Test func whatIsMissingIsNamed() {
    #expect(findings([line(1), line(3), line(4), line(9)]) == [nil, .gap(2...2, told: 0), nil, .gap(5...8, told: 0)])
    #expect(findings([line(1), line(4, #","event":"audit-lost","lines":2}"#)]) == [nil, .gap(2...3, told: 2)])
    #expect(findings([line(1), line(4, #","event":"alarm","lines":2}"#)]) == [nil, .gap(2...3, told: 0)])
  }

  @Test func whatComesAgainIsNamed() {
    #expect(findings([line(1), line(2), line(2), line(1)]) == [nil, nil, .repeated(2), .repeated(1)])
  }

  @Test func aNewRunIsNamed() {
    #expect(
      findings([line(5), line(1, run: 2), line(2, run: 2), line(4, run: 3)]) == [
        nil, .newRun("0000000000000002", at: 1), nil, .newRun("0000000000000003", at: 4),
      ])
  }

  @Test func whatIsNoLineIsNamed() {
    #expect(
      findings([line(1), "", "{}", #"{"seq":2"#, line(2, #","event":"#), line(2, "}}"), line(2)])
        == [nil, .broken, .broken, .broken, .broken, .broken, nil])
    var verifier = AuditVerifier()
    #expect(verifier.check(Array(line(1).utf8), isWhole: false) == .broken)
    #expect(verifier.lines == 1 && verifier.findings == 1 && verifier.last == nil)
  }
}
