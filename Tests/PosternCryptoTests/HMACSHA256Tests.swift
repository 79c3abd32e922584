// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct HMACSHA256Tests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let key: [UInt8]
    let data: [UInt8]
    let code: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "RFC 4231 case 1", key: Array(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Case(
      name: "RFC 4231 case 2", key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Case(
      name: "RFC 4231 case 3", key: Array(repeating: 0xaa, count: 20), data: Array(repeating: 0xdd, count: 50),
      code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Case(
      name: "RFC 4231 case 4", key: Array(1...25), data: Array(repeating: 0xcd, count: 50),
      code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Case(
      name: "RFC 4231 case 6", key: Array(repeating: 0xaa, count: 131),
      data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Case(
      name: "RFC 4231 case 7", key: Array(repeating: 0xaa, count: 131),
      data: Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before "
          + "being used by the HMAC algorithm.").utf8),
      code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    Case(
      name: "empty key, empty data", key: [], data: [], code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ]

  @Test(arguments: cases)
  func published(_ test: Case) {
    let code = test.key.withBytes { HMACSHA256.mac(test.data, key: $0) }
    #expect(Hex.encode(code.array) == test.code)
  }

  @Test(arguments: cases)
  func scheduleIsReused(_ test: Case) {
    let keyed = test.key.withBytes { HMACSHA256(key: $0) }
    let half = test.data.count / 2
    for _ in 0..<3 {
      let whole = test.data.withBytes { keyed.mac($0) }
      let parts = test.data.withBytes { keyed.mac($0.extracting(first: half), $0.extracting(droppingFirst: half)) }
      #expect(Hex.encode(whole.array) == test.code)
      #expect(parts == whole)
    }
  }

  @Test func rekeyed() {
    let keyed = Array("another key".utf8).withBytes { HMACSHA256(key: $0) }
    for test in Self.cases {
      test.key.withBytes { keyed.rekey($0) }
      #expect(Hex.encode(test.data.withBytes { keyed.mac($0) }.array) == test.code)
    }
  }
}
