// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct ScryptTests {
  private func key(_ scrypt: Scrypt, _ passphrase: String, _ salt: String) throws -> String {
    let key = try Array(passphrase.utf8).withBytes { passphrase in
      try Array(salt.utf8).withBytes { try scrypt.key(passphrase: passphrase, salt: $0) }
    }
    return Hex.encode(key.array)
  }

  /// RFC 7914 section 12, the first half of each output: PBKDF2 makes it block by block. The fourth takes a GiB and is left out.
  @Test func published() throws {
    #expect(
      try key(Scrypt(logarithmOfN: 4, r: 1, p: 1), "", "") == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442")
    #expect(
      try key(Scrypt(logarithmOfN: 10, r: 8, p: 16), "password", "NaCl")
        == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    #expect(
      try key(Scrypt(logarithmOfN: 14, r: 8, p: 1), "pleaseletmein", "SodiumChloride")
        == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
  }

  @Test func theStandardTakes128MiB() throws {
    #expect(Scrypt.standard == Scrypt(logarithmOfN: 17, r: 8, p: 1))
    #expect((128 << 20..<129 << 20).contains(Scrypt.standard.memory))
    #expect(try key(.standard, "passphrase", "salt").count == 64)
  }

  @Test(arguments: [(0, 8, 1), (41, 8, 1), (255, 8, 1), (10, 0, 1), (10, 8, 0), (16, 1, 1)] as [(UInt8, UInt8, UInt8)])
  func refused(_ logarithm: UInt8, _ r: UInt8, _ p: UInt8) {
    #expect(throws: CryptoError.failed) { try key(Scrypt(logarithmOfN: logarithm, r: r, p: p), "x", "y") }
  }

  @Test func wiping() throws {
    var secret = try Randomness.bytes32()
    secret.wipe()
    #expect(secret == .zero)
  }
}
