// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct LegacyCiphersTests {
  struct Published: Sendable, CustomTestStringConvertible {
    let key: String
    let plain: UInt64
    let sealed: UInt64
    var testDescription: String { key }
  }

  /// Of the cipher's author: vectors for single blocks.
  static let published = [
    Published(key: "0000000000000000", plain: 0, sealed: 0x4ef9_9745_6198_dd78),
    Published(key: "ffffffffffffffff", plain: .max, sealed: 0x5186_6fd5_b85e_cb8a),
    Published(key: "0123456789abcdef", plain: 0x1111_1111_1111_1111, sealed: 0x61f9_c380_2281_b096),
    Published(key: "fedcba9876543210", plain: 0x0123_4567_89ab_cdef, sealed: 0x0ace_ab0f_c6a0_a28d),
    Published(key: "7ca110454a1a6e57", plain: 0x01a1_d6d0_3977_6742, sealed: 0x59c6_8245_eb05_282b),
  ]

  @Test(arguments: published) func block(_ vector: Published) throws {
    let key = try BlowfishKey(try #require(Hex.decode(vector.key)), LegacyCiphers())
    for _ in 0..<2 {
      #expect(try key.encrypt(vector.plain) == vector.sealed)
      #expect(try key.decrypt(vector.sealed) == vector.plain)
    }
  }

  @Test func keyLengths() throws {
    let ciphers = try LegacyCiphers()
    var seen: Set<UInt64> = []
    for length in BlowfishKey.keyLengths {
      seen.insert(try BlowfishKey(Array(repeating: 7, count: length), ciphers).encrypt(1))
    }
    // A key repeats itself in the schedule, so those of one byte again and again are alike where their period divides it: all of them.
    #expect(seen.count == 1)
    for length in [0, 3, 57] {
      #expect(throws: CryptoError.wrongLength) { try BlowfishKey(Array(repeating: 7, count: length), ciphers) }
    }
  }

  @Test func feedbackOpensWhatItSealed() throws {
    let key = try BlowfishKey(Array("a key of its own".utf8), LegacyCiphers())
    for length in [0, 1, 7, 8, 9, 64] {
      let plain = (0..<length).map { UInt8($0 &* 37 & 0xff) }
      let sealed = try key.sealFeedback(plain, initial: 0x0102_0304_0506_0708)
      #expect(sealed.count == length)
      #expect(try key.openFeedback(sealed, initial: 0x0102_0304_0506_0708) == plain)
      if length > 0 { #expect(try key.openFeedback(sealed, initial: 0x0102_0304_0506_0709) != plain) }
    }
  }

  @Test func theModuleStaysWhileAKeyUsesIt() throws {
    var ciphers: LegacyCiphers? = try LegacyCiphers()
    let key = try BlowfishKey([0, 0, 0, 0, 0, 0, 0, 0], try #require(ciphers))
    ciphers = nil
    #expect(try key.encrypt(0) == 0x4ef9_9745_6198_dd78)
    #expect(ciphers == nil)
  }
}
