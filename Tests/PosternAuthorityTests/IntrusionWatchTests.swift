// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct IntrusionWatchTests {
  private static let address = IPAddress.v4(IPv4Address(0xc000_0207))
  private static let suspect = Suspect(source: Suspect.source(of: address), evidence: .ports)

  private func watch() -> IntrusionWatch { IntrusionWatch(EvidenceTableTests.limits, seed: 7) }

  @Test func touchesOfTheLimitMakeASuspectOnceAWindow() {
    var watch = watch()
    for port in 1...3 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start) }
    #expect(watch.takeSuspects() == [])
    for port in 4...400 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start) }
    #expect(watch.takeSuspects() == [Self.suspect])
    #expect(watch.takeSuspects() == [])
    for port in 1...4 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start + .seconds(60)) }
    #expect(watch.takeSuspects() == [Self.suspect])
  }

  @Test func aPauseThatIsShorterThanTheWindowEndsSooner() {
    var limits = EvidenceTableTests.limits
    limits.pause = .seconds(3)
    var watch = IntrusionWatch(limits, seed: 7)
    for second in [0, 2, 3] as [Int64] {
      for port in 1...4 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start + .seconds(second)) }
      #expect(watch.takeSuspects() == (second == 2 ? [] : [Self.suspect]))
    }
  }

  @Test func oneNumberIsAnotherPortOfAnotherProtocol() {
    var watch = watch()
    for transport in [6, 17] as [UInt8] {
      for port in [1, 2] as [UInt16] { watch.touch(transport, port, from: Self.address, at: start) }
    }
    #expect(watch.takeSuspects() == [Self.suspect])
  }

  @Test(arguments: [
    (Denial.wrongTag, 6, EvidenceKind.refusals), (.unknownKey, 3, .refusals), (.secondFactorWrong, 2, .codes),
    (.secondFactorExhausted, 2, .codes),
  ])
  func refusalsCountByTheirWeight(_ denial: Denial, _ times: Int, _ kind: EvidenceKind) throws {
    let transport = try Self.udp()
    var watch = watch()
    for _ in 1..<times { watch.refused(denial, transport, from: Self.address, at: start) }
    #expect(watch.takeSuspects() == [])
    watch.refused(denial, transport, from: Self.address, at: start)
    #expect(watch.takeSuspects().map(\.evidence) == [kind])
  }

  /// What a network repeats, what a user in trouble does and what this host cannot is nobody's guilt.
  @Test(arguments: Denial.allCases.filter { $0.weight == .none })
  func otherReasonsAreNoEvidence(_ denial: Denial) throws {
    let transport = try Self.udp()
    var watch = watch()
    for _ in 0..<1000 { watch.refused(denial, transport, from: Self.address, at: start) }
    #expect(watch.takeSuspects() == [])
  }

  @Test func copiesAndReplaysAreNoEvidence() {
    for denial in [Denial.duplicate, .replay, .stale, .overload] { #expect(denial.weight == .none) }
  }

  @Test func whatIsForgedBeforeAndAfterAProofIsForgotten() {
    var watch = watch()
    for port in 1...3 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start) }
    var grant = Grant(action: .open, key: KeyIndex(0), door: 0, ipv4: nil, ipv6: nil, lease: 1, knock: .zero, notes: [])
    grant.ipv4 = .init(IPv4Address(0xc000_0207))
    watch.proved([grant], at: start)
    for port in 1...1000 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start + .seconds(30)) }
    #expect(watch.takeSuspects() == [])
  }

  /// A flood in a thousand names tells of as many as may be banned, and of more when their time has come.
  @Test func suspectsAreCapped() {
    var watch = watch()
    func flood(at now: Timestamp) {
      for number in 0..<200 as Range<UInt32> {
        for port in 1...4 as ClosedRange<UInt16> { watch.touch(6, port, from: .v4(IPv4Address(0x0a00_0000 + number)), at: now) }
      }
    }
    flood(at: start)
    #expect(watch.takeSuspects().count == 3)
    flood(at: start + .seconds(20))
    #expect(watch.takeSuspects().count == 1)
  }

  @Test func withoutLimitsNothingIsHeldAgainstAnybody() {
    var watch = IntrusionWatch(nil, seed: 7)
    for port in 1...1000 as ClosedRange<UInt16> { watch.touch(6, port, from: Self.address, at: start) }
    #expect(watch.takeSuspects() == [])
    #expect(!watch.isOn)
  }

  private static func udp() throws -> TransportHeader {
    let bytes: [UInt8] = [0, 1, 0xf2, 0xf9, 0, 8, 0, 0]
    return .udp(try bytes.withBytes { bytes throws(PacketFlaw) in try UDPHeader(bytes) })
  }
}
