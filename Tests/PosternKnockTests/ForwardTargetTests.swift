// SPDX-License-Identifier: Apache-2.0
import PosternKnock
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

  /// Whether a door leads where somebody would like to go.
  @Test(arguments: [
    ("10.0.0.5", "tcp/22", "10.0.0.5:22", true), ("10.0.0.5", "tcp/22", "10.0.0.5:23", false),
    ("10.0.0.5", "tcp/22", "10.0.0.6:22", false), ("10.0.0.5", "tcp/22-23", "10.0.0.5:22", false),
    ("10.0.0.5:22", "tcp/2222", "10.0.0.5:22", true), ("10.0.0.5:22", "tcp/22", "10.0.0.5", false),
    ("10.0.0.5:22", "tcp/2222", "10.0.0.5:2222", false), (":22", "tcp/443", ":22", true), (":22", "tcp/443", ":443", false),
    ("10.0.0.5", "tcp/22", "10.0.0.5", true), ("10.0.0.5", "tcp/22", ":22", false),
  ])
  func leads(_ forward: String, _ service: String, _ target: String, _ leads: Bool) throws {
    let forward = try #require(ForwardTarget(forward))
    let (service, target) = (try #require(Service(service)), try #require(ForwardTarget(target)))
    #expect(forward.leads(service, to: target) == leads)
  }
}
