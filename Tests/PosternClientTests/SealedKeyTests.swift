// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternCrypto
import PosternWire
import Testing

@Suite struct SealedKeyTests {
  private static let key = Bytes32(Array(1...32)) ?? .zero
  private static let salt = [UInt8](0..<16)
  /// Next to no work; only tests may read such files.
  private static let cheap = Scrypt(logarithmOfN: 4, r: 8, p: 1)
  private static let passphrase = Array("correct horse".utf8)

  private func sealed(_ scrypt: Scrypt = cheap) throws -> SealedKey {
    try Self.passphrase.withBytes { passphrase in try SealedKey(Self.key, passphrase: passphrase, salt: Self.salt, scrypt) }
  }

  private func open(_ text: [UInt8], _ passphrase: [UInt8] = passphrase, costs: ClosedRange<UInt8> = 4...14) -> Result<
    Bytes32, SealedKeyError
  > {
    do throws(SealedKeyError) {
      let sealed = try SealedKey(text, costs: costs)
      return .success(try passphrase.withBytes { passphrase throws(SealedKeyError) in try sealed.open(passphrase: passphrase) })
    } catch {
      return .failure(error)
    }
  }

  @Test func roundTrip() throws {
    let text = try sealed().text
    #expect(text.starts(with: "postern-key-1 ".utf8) && SealedKey.isOne(text))
    #expect(open(text) == .success(Self.key))
    #expect(try SealedKey(text, costs: 4...4) == sealed())
    for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
      #expect(open(text, Array(wrong.utf8)) == .failure(.wrongPassphrase))
    }
  }

  /// Of this form, by hashlib.scrypt and the ChaCha20Poly1305 of Python's cryptography.
  @Test func madeElsewhere() throws {
    #expect(String(decoding: try sealed().text, as: UTF8.self) == Self.foreign)
  }

  static let foreign =
    "postern-key-1 BAgBAAECAwQFBgcICQoLDA0ODzCdBKBcdrpX2oSj55irnAUBsXEgLImE+Wa2W3HBJ5AZFnZg5OZ3C5u74lGUlAwNcw=="

  @Test func whatIsWrittenTakesTheStandardWork() throws {
    let text = try sealed(.standard).text
    #expect(open(text, costs: SealedKey.costs) == .success(Self.key))
  }

  @Test func everyTruncationIsRefused() throws {
    let text = try sealed().text
    for count in text.indices { #expect(throws: SealedKeyError.self) { try SealedKey(Array(text.prefix(count)), costs: 4...14) } }
    #expect(open(text + [10]) == .failure(.malformed))
  }

  @Test func everyFlippedBitIsRefused() throws {
    let text = try sealed().text
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        guard case .failure = open(changed) else {
          Issue.record("byte \(index), bit \(bit)")
          continue
        }
      }
    }
  }

  /// Also where the text around is right: every bit of the bytes is authenticated.
  @Test func everyFlippedBitOfTheBytesIsRefused() throws {
    let text = try sealed().text
    let label = "postern-key-1 ".utf8.count
    let bytes = try #require(Base64.decode(String(decoding: text.dropFirst(label), as: UTF8.self)))
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        let answer = open(text.prefix(label) + Array(Base64.encode(changed).utf8), costs: 4...14)
        #expect(answer == .failure(.wrongPassphrase) || answer == .failure(.outOfBounds), "byte \(index), bit \(bit)")
      }
    }
  }

  /// Refused before anything is allocated: 2^63 blocks would not be had.
  @Test(
    arguments: [
      (13, 8, 1), (0, 8, 1), (21, 8, 1), (63, 8, 1), (255, 8, 1), (17, 7, 1), (17, 9, 1), (17, 0, 1), (17, 255, 1), (17, 8, 0),
      (17, 8, 5),
      (17, 8, 255),
    ] as [(UInt8, UInt8, UInt8)])
  func parametersAreBounded(_ logarithm: UInt8, _ r: UInt8, _ p: UInt8) {
    let bytes = [logarithm, r, p] + [UInt8](repeating: 7, count: 64)
    let text = Array("postern-key-1 \(Base64.encode(bytes))".utf8)
    #expect(throws: SealedKeyError.outOfBounds) { try SealedKey(text) }
  }

  @Test(arguments: [
    ("", SealedKeyError.malformed), ("postern-key", .malformed), ("postern-key-", .unknownVersion),
    ("postern-key-2 AAAA", .unknownVersion),
    ("postern-key-1", .unknownVersion), ("postern-key-1 ", .malformed), ("postern-key-1 AAAA", .malformed),
    ("postern-key-1 *", .malformed),
    ("postern-key-10 AAAA", .unknownVersion), ("AAAA", .malformed),
  ])
  func refused(_ text: String, _ error: SealedKeyError) {
    #expect(throws: error) { try SealedKey(Array(text.utf8)) }
  }

  @Test func aSaltHasItsLength() {
    #expect(throws: CryptoError.wrongLength) {
      try Self.passphrase.withBytes { try SealedKey(Self.key, passphrase: $0, salt: [1], Self.cheap) }
    }
  }
}
