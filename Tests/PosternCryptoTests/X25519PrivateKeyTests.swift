// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct X25519PrivateKeyTests {
  private func bytes(_ hex: String) throws -> Bytes32 { try #require(Hex.decode(hex).flatMap { Bytes32($0) }) }

  // RFC 7748 section 5.2.
  @Test(arguments: [
    (
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    ),
    (
      "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
    ),
  ])
  func published(_ scalar: String, _ point: String, _ result: String) throws {
    #expect(try X25519PrivateKey(bytes(scalar)).sharedSecret(with: bytes(point)) == bytes(result))
  }

  // RFC 7748 section 6.1.
  @Test func agreement() throws {
    let alice = try X25519PrivateKey(bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
    let bob = try X25519PrivateKey(bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
    let secret = try bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    #expect(try alice.publicKey == bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
    #expect(try bob.publicKey == bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
    #expect(try alice.sharedSecret(with: bob.publicKey) == secret)
    #expect(try bob.sharedSecret(with: alice.publicKey) == secret)
  }

  @Test(arguments: [
    ("zero", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("one", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    ("order 8, the other", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    ("p - 1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  ])
  func smallOrderIsRefused(_ name: String, _ point: String) throws {
    let key = try X25519PrivateKey(bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
    #expect(throws: CryptoError.refusedPoint) { try key.sharedSecret(with: bytes(point)) }
  }

  /// A refused peer must not spoil the next agreement.
  @Test func reuseAfterRefusal() throws {
    let key = try X25519PrivateKey(bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
    let point = try bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    for _ in 0..<3 {
      #expect(throws: CryptoError.refusedPoint) { try key.sharedSecret(with: .zero) }
      #expect(try key.sharedSecret(with: point) == bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"))
    }
  }

  @Test(arguments: [0, 31, 33])
  func lengthIsChecked(_ count: Int) {
    #expect(throws: CryptoError.wrongLength) {
      try [UInt8](repeating: 1, count: count).withBytes { bytes in _ = try X25519PrivateKey(bytes) }
    }
  }
}
