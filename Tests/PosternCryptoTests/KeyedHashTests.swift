// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct KeyedHashTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let algorithm: HashAlgorithm
    let key: [UInt8]
    let data: [UInt8]
    let code: String
    var testDescription: String { name }
  }

  private static let jefe = Array("Jefe".utf8)
  private static let question = Array("what do ya want for nothing?".utf8)
  private static let larger = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)

  static let cases = [
    Case(
      name: "RFC 2202 HMAC-MD5 2", algorithm: .md5, key: jefe, data: question, code: "750c783e6ab0b503eaa86e310a5db738"),
    Case(
      name: "RFC 2202 HMAC-MD5 6", algorithm: .md5, key: Array(repeating: 0xaa, count: 80), data: larger,
      code: "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
    Case(
      name: "RFC 2202 HMAC-SHA-1 2", algorithm: .sha1, key: jefe, data: question,
      code: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    Case(
      name: "RFC 2202 HMAC-SHA-1 6", algorithm: .sha1, key: Array(repeating: 0xaa, count: 80), data: larger,
      code: "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
    Case(
      name: "RFC 4231 case 1, SHA-256", algorithm: .sha256, key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Case(
      name: "RFC 4231 case 1, SHA-384", algorithm: .sha384, key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
      code: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"),
    Case(
      name: "RFC 4231 case 6, SHA-384", algorithm: .sha384, key: Array(repeating: 0xaa, count: 131), data: larger,
      code: "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"),
    Case(
      name: "RFC 4231 case 1, SHA-512", algorithm: .sha512, key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
      code: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
    Case(
      name: "RFC 4231 case 6, SHA-512", algorithm: .sha512, key: Array(repeating: 0xaa, count: 131), data: larger,
      code: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"),
    Case(
      name: "NIST example, SHA3-256, key < block", algorithm: .sha3_256, key: Array(0..<32),
      data: Array("Sample message for keylen<blocklen".utf8),
      code: "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205"),
    Case(
      name: "NIST example, SHA3-256, key = block", algorithm: .sha3_256, key: Array(0..<136),
      data: Array("Sample message for keylen=blocklen".utf8),
      code: "68b94e2e538a9be4103bebb5aa016d47961d4d1aa906061313b557f8af2c3faa"),
    Case(
      name: "NIST example, SHA3-256, key > block", algorithm: .sha3_256, key: Array(0..<168),
      data: Array("Sample message for keylen>blocklen".utf8),
      code: "9bcf2c238e235c3ce88404e813bd2f3a97185ac6f238c63d6229a00b07974258"),
    Case(
      name: "NIST example, SHA3-512, key < block", algorithm: .sha3_512, key: Array(0..<64),
      data: Array("Sample message for keylen<blocklen".utf8),
      code: "4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5"
        + "f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196"),
  ]

  /// Codes of 200 messages under 200 keys, one of each length from 0 to 199, hashed together; another implementation made them.
  static let lengths: [(HashAlgorithm, String)] = [
    (.md5, "93b0fa3a4a5ec5010d8dd3661fa5a382"),
    (.sha1, "1beef50cceea6880d0d291a8cfb22117f787fda0"),
    (.sha256, "93c35fc1808d08d76ca2c273217f3f4fc4820b1f32f2ca51ff2af2bf081ffeda"),
    (.sha384, "1ae15db7d21dc004f4aecde74e9546e43a413cae1a69f716da9e00d958d85a546aae0241d0db95d98f65387d37108eb7"),
    (
      .sha512,
      "f5f9d892c6cc025785df88401436c60ef211197a2f87a3543eabd88d0827ce39eb28e3f14f14b79afa5282ced92336d85e2bdeab928e48272bfb6ca8f22c09ae"
    ),
    (.sha3_256, "e6d66772e1aae0c6b23ddbee2b56d6b0d620bd5aa89693702e4586ea1e952612"),
    (
      .sha3_512,
      "dcde1d6bea38bb5e0d00e4dbc5f4cf6d5f387dc54f7f782467d108f45059df4dad1a6e244c8f680d3d753e2a4473b703cb340ad6b90b1816d035a2df62fba719"
    ),
  ]

  @Test(arguments: cases)
  func published(_ test: Case) {
    let keyed = test.key.withBytes { KeyedHash(test.algorithm, key: $0) }
    let half = test.data.count / 2
    for _ in 0..<3 {
      #expect(Hex.encode(test.data.withBytes { keyed.mac($0) }) == test.code)
      let parts = test.data.withBytes { keyed.code($0.extracting(first: half), $0.extracting(droppingFirst: half)) }
      #expect(Hex.encode(parts.array) == test.code)
    }
  }

  @Test(arguments: lengths)
  func everyLength(_ algorithm: HashAlgorithm, _ digest: String) {
    let codes = (0..<200).map { length in
      let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 5 + length) }
      let keyed = key.withBytes { KeyedHash(algorithm, key: $0) }
      return HashAlgorithmTests.message(length).withBytes { keyed.mac($0) }
    }
    #expect(Hex.encode(algorithm.hash(codes.flatMap { $0 })) == digest)
  }

  @Test func comparison() {
    let keyed = Self.jefe.withBytes { KeyedHash(.sha512, key: $0) }
    let code = Self.question.withBytes { keyed.code($0) }
    let bytes = code.array
    #expect(bytes.withBytes { code.equals($0) })
    #expect(!bytes.withBytes { code.equals($0.extracting(first: 63)) })
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 1
      #expect(!other.withBytes { code.equals($0) })
    }
  }
}
