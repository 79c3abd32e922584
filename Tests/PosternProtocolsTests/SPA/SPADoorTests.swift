// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPADoorTests {
  // From the reference datagrams.
  @Test(arguments: [("ssh", "edee19021176d85f"), ("wireguard", "9b6d10314a06bd13")])
  func published(_ name: String, _ id: String) throws {
    #expect(Hex.encode(SPADoor.id(of: try #require(Name(name))).value) == id)
  }
}
