// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct HashAlgorithmTests {
  /// The digest of "abc" (RFC 1321 section A.5, FIPS 180-4, FIPS 202) and the digest over the digests of 300 messages, one of each length
  /// from 0 to 299, which another implementation made.
  struct Case: Sendable, CustomTestStringConvertible {
    let algorithm: HashAlgorithm
    let short: String
    let lengths: String
    var testDescription: String { algorithm.description }
  }

  static let cases = [
    Case(algorithm: .md5, short: "900150983cd24fb0d6963f7d28e17f72", lengths: "07078cab541bc45f0a66e2c0213a32f4"),
    Case(
      algorithm: .sha1, short: "a9993e364706816aba3e25717850c26c9cd0d89d", lengths: "dfc942b5ddc5fe6421ccada9be50fa42e873926c"),
    Case(
      algorithm: .sha256, short: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      lengths: "d5238871a46ac4a1a75ac3fb19d645b0b3b9e5f35f5f720e2b240d605c6b694e"),
    Case(
      algorithm: .sha384,
      short: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
      lengths: "e3a73ee7e40ce4f9bb660f1ec279e2e3145ce11a3d066daaf5ba43639ef37a5e105d92e2090d8f782a96ca4c97457b29"),
    Case(
      algorithm: .sha512,
      short: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      lengths: "30d6c78a55e1f152f00703601a37b39b96c6c8fa2b3e66fb9c8182466b108d39"
        + "d5dd84827c69cadb4376853da7ec31ea83a0a7a0e5a713bac426e0f0ceea8424"),
    Case(
      algorithm: .sha3_256, short: "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
      lengths: "dabd5ac39c87c1b00c4e69fda62098b8ab8cbe822a59392a3c8c70a4f147cde0"),
    Case(
      algorithm: .sha3_512,
      short: "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        + "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
      lengths: "0493bb1ed8a67423b47070272de6694f08760209bb73a028830c7546427a7346"
        + "5bfd9ffab0eeb9e34ace03bf29ef4584dd137fdd2e6cd64aae3a56d203cef640"),
  ]

  @Test func allAreTested() { #expect(Self.cases.map(\.algorithm) == HashAlgorithm.allCases) }

  @Test(arguments: cases)
  func published(_ test: Case) {
    let digest = test.algorithm.hash(Array("abc".utf8))
    #expect(Hex.encode(digest) == test.short)
    #expect(digest.count == test.algorithm.byteCount)
  }

  @Test(arguments: cases)
  func everyLength(_ test: Case) {
    let digests = (0..<300).map { test.algorithm.hash(Self.message($0)) }
    #expect(Hex.encode(test.algorithm.hash(digests.flatMap { $0 })) == test.lengths)
  }

  @Test(arguments: cases)
  func parts(_ test: Case) {
    let message = Self.message(299)
    let whole = test.algorithm.hash(message)
    for cut in [0, 1, 63, 64, 71, 72, 127, 128, 135, 136, 299] {
      let digest = message.withBytes { test.algorithm.digest($0.extracting(first: cut), $0.extracting(droppingFirst: cut)) }
      #expect(digest.array == whole, "cut at \(cut)")
    }
  }

  @Test(arguments: HashAlgorithm.allCases)
  func names(_ algorithm: HashAlgorithm) { #expect(HashAlgorithm(algorithm.description) == algorithm) }

  static func message(_ length: Int) -> [UInt8] { (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + length) } }
}
