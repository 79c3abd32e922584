// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct ChaCha20Poly1305Tests {
  // RFC 8439 section 2.8.2.
  static let key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
  static let nonce = ChaCha20Poly1305.Nonce(prefix: 0x0700_0000, counter: 0x4041_4243_4445_4647)
  static let data: [UInt8] = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7]
  static let plain = Array(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.".utf8)
  static let sealed =
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
    + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
    + "0691"

  private func key() throws -> Bytes32 { try #require(Hex.decode(Self.key).flatMap { Bytes32($0) }) }

  private func seal(_ cipher: borrowing ChaCha20Poly1305, _ plain: [UInt8], _ data: [UInt8]) throws -> [UInt8] {
    let key = try key()
    return try data.withBytes { data in
      try plain.withBytes { try cipher.seal($0, key: key, nonce: Self.nonce, authenticating: data) }
    }
  }

  private func open(_ cipher: borrowing ChaCha20Poly1305, _ sealed: [UInt8], _ data: [UInt8]) throws -> [UInt8] {
    let key = try key()
    return try data.withBytes { data in
      try sealed.withBytes { try cipher.open($0, key: key, nonce: Self.nonce, authenticating: data) }
    }
  }

  @Test func published() throws {
    let cipher = try ChaCha20Poly1305()
    let sealed = try #require(Hex.decode(Self.sealed))
    for _ in 0..<3 {
      #expect(try seal(cipher, Self.plain, Self.data) == sealed)
      #expect(try open(cipher, sealed, Self.data) == Self.plain)
    }
  }

  @Test func emptyParts() throws {
    let cipher = try ChaCha20Poly1305()
    for (plain, data) in [([], []), ([], Self.data), (Self.plain, [])] as [([UInt8], [UInt8])] {
      let sealed = try seal(cipher, plain, data)
      #expect(sealed.count == plain.count + 16)
      #expect(try open(cipher, sealed, data) == plain)
    }
  }

  @Test func everyFlippedBitIsRefused() throws {
    let cipher = try ChaCha20Poly1305()
    let sealed = try seal(cipher, Array(Self.plain.prefix(8)), Self.data)
    for bit in 0..<sealed.count * 8 {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CryptoError.badSeal) { try open(cipher, changed, Self.data) }
    }
    var otherData = Self.data
    otherData[0] ^= 1
    #expect(throws: CryptoError.badSeal) { try open(cipher, sealed, otherData) }
    #expect(try open(cipher, sealed, Self.data) == Array(Self.plain.prefix(8)))
  }

  @Test func shorterThanTagIsRefused() throws {
    let cipher = try ChaCha20Poly1305()
    #expect(throws: CryptoError.wrongLength) { try open(cipher, Array(repeating: 0, count: 15), []) }
  }
}
