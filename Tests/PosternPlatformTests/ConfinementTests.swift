// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import Testing

/// Each runs in a process of its own, since confinement is for good.
@Suite struct ConfinementTests {
  private func probe(_ mode: String) throws -> SpawnedProcess.End { try Programs.run(Programs.confinementProbe, [mode]).end }

  @Test func aConfinedGateCanDoNothingForbidden() throws { #expect(try probe("prove") == .exited(0)) }

  @Test func aConfinedGateCanWork() throws { #expect(try probe("work") == .exited(0)) }

  /// The proof must be able to fail: without confinement everything but the exec, which is not tried then, goes through.
  @Test func theProofSeesMissingConfinement() throws {
    #expect(try probe("unconfined") == .exited(CInt(ConfinementProof.Attempt.allCases.count - 1)))
  }

  @Test(arguments: ["uname", "map-code", "signal-other"])
  func otherCallsKill(_ mode: String) throws { #expect(try probe(mode) == .signalled(SIGSYS)) }

  #if arch(x86_64)
    @Test func x32CallsKill() throws { #expect(try probe("x32") == .signalled(SIGSYS)) }
  #endif

  @Test func abortStillAborts() throws { #expect(try probe("abort") == .signalled(SIGABRT)) }

  @Test func aWrongParentIsNoticed() throws { #expect(try probe("orphan") == .exited(0)) }

  @Test func landlockDeniesFiles() throws {
    let end = try probe("landlock")
    withKnownIssue("this kernel has no Landlock", isIntermittent: true) { #expect(end != .exited(77)) }
    #expect(end == .exited(0) || end == .exited(77))
  }

  @Test(.enabled(if: geteuid() == 0, "needs CAP_SETPCAP")) func anExecAsRootRegainsNothing() throws {
    let (end, status) = try Programs.run(Programs.confinementProbe, ["exec-as-root"])
    #expect(end == .exited(0))
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
      #expect(status.contains("\(set):\t0000000000000000\n"), "\(set)")
    }
  }
}
