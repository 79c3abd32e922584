// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct OneTimeCodeTests {
  /// The ASCII digits that the RFCs repeat to the length of the hash.
  private func key(_ length: Int) -> [UInt8] { (0..<length).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) } }

  private func code(_ algorithm: HashAlgorithm, _ length: Int, _ counter: UInt64, digits: UInt8) -> UInt32 {
    key(length).withBytes { OneTimeCode(algorithm, key: $0, digits: digits).code(counter) }
  }

  /// RFC 4226 appendix D.
  @Test(arguments: zip(0..<10, [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489]))
  func hotp(_ counter: Int, _ expected: UInt32) { #expect(code(.sha1, 20, UInt64(counter), digits: 6) == expected) }

  /// RFC 6238 appendix B: seconds, then the codes of SHA-1, SHA-256 and SHA-512.
  static let times: [(UInt64, [UInt32])] = [
    (59, [94_287_082, 46_119_246, 90_693_936]), (1_111_111_109, [7_081_804, 68_084_774, 25_091_201]),
    (1_111_111_111, [14_050_471, 67_062_674, 99_943_326]), (1_234_567_890, [89_005_924, 91_819_424, 93_441_116]),
    (2_000_000_000, [69_279_037, 90_698_825, 38_618_901]),
  ]

  @Test(arguments: times)
  func totp(_ seconds: UInt64, _ expected: [UInt32]) {
    let step = OneTimeCode.step(at: Timestamp(seconds: seconds))
    let codes = [
      code(.sha1, 20, step, digits: 8), code(.sha256, 32, step, digits: 8), code(.sha512, 64, step, digits: 8),
    ]
    #expect(codes == expected)
  }

  /// RFC 6238 appendix B, beyond what nanoseconds in 64 bits hold.
  @Test func totpFarAway() {
    let step = UInt64(20_000_000_000) / OneTimeCode.period
    #expect(code(.sha1, 20, step, digits: 8) == 65_353_130)
    #expect(code(.sha256, 32, step, digits: 8) == 77_737_706)
    #expect(code(.sha512, 64, step, digits: 8) == 47_863_826)
  }

  @Test func stepsAreHalfMinutes() {
    #expect(OneTimeCode.step(at: Timestamp(seconds: 60) - .milliseconds(1)) == 1)
    #expect(OneTimeCode.step(at: Timestamp(seconds: 60)) == 2)
  }
}
