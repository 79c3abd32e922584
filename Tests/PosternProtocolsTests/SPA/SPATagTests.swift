// SPDX-License-Identifier: Apache-2.0
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPATagTests {
  @Test(arguments: SPAVector.files) func vectors(_ file: String) throws {
    for vector in try SPAVector.load(file) {
      let tag = try SPATag(admission: vector.admissionSecret.bytes32, gateway: vector.gatewayPublic.bytes32)
      let matches = vector.packet.bytes.withBytes { tag.matches($0) }
      #expect(matches)
      let other = try SPATag(admission: SPAFixture.key(1), gateway: vector.gatewayPublic.bytes32)
      let otherMatches = vector.packet.bytes.withBytes { other.matches($0) }
      #expect(!otherMatches)
    }
  }
}
