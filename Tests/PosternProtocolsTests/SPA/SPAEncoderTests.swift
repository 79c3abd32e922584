// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPAEncoderTests {
  @Test(arguments: SPAVector.files) func vectors(_ file: String) throws {
    for vector in try SPAVector.load(file) {
      let encoder = try SPAEncoder(vector.profile)
      let clientPublic = encoder.clientPublicKey
      #expect(try clientPublic == vector.clientPublic.bytes32)
      let hint = encoder.hint(at: vector.stamp)
      #expect(Hex.encode(hint) == Hex.encode(vector.hint.bytes))
      let packet = try encoder.encode(vector.request, ephemeral: vector.ephemeralPrivate.bytes32)
      #expect(packet == vector.packet.bytes, "\(vector.name)")
    }
  }

  @Test func ephemeralKeysAreFresh() throws {
    let encoder = try SPAFixture().encoder()
    let packets = try (0..<4).map { _ in try encoder.encode(SPAFixture.request()) }
    #expect(Set(packets.map { Array($0[24..<56]) }).count == 4)
  }

  @Test func profilesPrintNoSecret() throws {
    let profile = try SPAFixture().profile()
    let text = "\(profile)"
    for secret in [profile.clientPrivateKey, profile.presharedKey, profile.admission] {
      #expect(!text.contains(Hex.encode(secret.array)) && !text.contains(Base64.encode(secret.array)))
    }
  }
}
