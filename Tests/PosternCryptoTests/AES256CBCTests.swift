// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct AES256CBCTests {
  let key: Bytes32
  let iv: Bytes16

  init() throws {
    key = try #require(Bytes32(Hex.decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4") ?? []))
    iv = try #require(Bytes16(Hex.decode("000102030405060708090a0b0c0d0e0f") ?? []))
  }

  /// NIST SP 800-38A section F.2.5, and one block of padding behind it.
  @Test func published() throws {
    let plain = try #require(
      Hex.decode(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
          + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"))
    let text =
      "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
      + "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"
    let cipher = try AES256CBC()
    let made = try plain.withBytes { try cipher.encrypt($0, key: key, iv: iv) }
    #expect(Hex.encode(made.prefix(64)) == text)
    #expect(made.count == 80)
    #expect(try made.withBytes { try cipher.decrypt($0, key: key, iv: iv) } == plain)
  }

  @Test func everyLength() throws {
    let cipher = try AES256CBC()
    var buffer = [UInt8](repeating: 0, count: 64)
    for length in 0..<50 {
      let plain = (0..<length).map { UInt8($0) }
      let text = try plain.withBytes { try cipher.encrypt($0, key: key, iv: iv) }
      #expect(text.count == (length / 16 + 1) * 16)
      #expect(try text.withBytes { try cipher.decrypt($0, key: key, iv: iv, into: &buffer) } == length)
      #expect(Array(buffer.prefix(length)) == plain)
    }
  }

  /// The last block decides: its padding is changed by changing the block before it.
  @Test func badPadding() throws {
    let cipher = try AES256CBC()
    let plain = [UInt8](repeating: 9, count: 26)
    let good = try plain.withBytes { try cipher.encrypt($0, key: key, iv: iv) }
    #expect(try good.withBytes { try cipher.decrypt($0, key: key, iv: iv) } == plain)
    for index in 10..<16 {
      for bit in 0..<8 {
        var text = good
        text[index] ^= 1 << bit
        #expect(throws: CryptoError.badPadding, "byte \(index) bit \(bit)") {
          try text.withBytes { try cipher.decrypt($0, key: key, iv: iv) }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 15, 17, 31])
  func wrongLengths(_ length: Int) throws {
    let cipher = try AES256CBC()
    let text = [UInt8](repeating: 0, count: length)
    #expect(throws: CryptoError.wrongLength) { try text.withBytes { try cipher.decrypt($0, key: key, iv: iv) } }
  }

  @Test func bufferTooSmall() throws {
    let cipher = try AES256CBC()
    let text = [UInt8](repeating: 0, count: 32)
    var buffer = [UInt8](repeating: 0, count: 31)
    #expect(throws: CryptoError.wrongLength) {
      try text.withBytes { text in try cipher.decrypt(text, key: key, iv: iv, into: &buffer) }
    }
  }
}
