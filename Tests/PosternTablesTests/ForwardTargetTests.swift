// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire
import Testing

@Suite struct ForwardTargetTests {
  @Test(
    arguments: [
      ("10.0.0.5", .address, "10.0.0.5"), ("10.0.0.5:22", .addressAndPort, "10.0.0.5 . 22"), ("fd00::5", .address, "fd00::5"),
      ("[fd00::5]:22", .addressAndPort, "fd00::5 . 22"), (":2222", .port, "2222"),
    ] as [(String, ForwardTarget.Form, String)])
  func targets(_ text: String, _ form: ForwardTarget.Form, _ nft: String) throws {
    let target = try #require(ForwardTarget(text))
    #expect(target.description == text && target.form == form && target.nft == nft)
  }

  @Test(arguments: [
    "", ":", ":0", ":65536", "10.0.0.5:", "10.0.0.5:0", "10.0.0.5:+1", "[10.0.0.5]:22", "[fd00::5]", "host:22", "[]:1",
  ])
  func noTargets(_ text: String) { #expect(ForwardTarget(text) == nil) }
}
