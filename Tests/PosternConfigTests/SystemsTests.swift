// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// `os`, `os-unknown` and `[os-signatures]`.
@Suite struct SystemsTests {
  private static func text(_ door: String, _ rest: String = "") -> String {
    Samples.minimal.replacing("ports = [\"tcp/22\"]\n", with: "ports = [\"tcp/22\"]\n\(door)\n") + "\n" + rest
  }

  private func tables(_ door: String, _ rest: String = "") throws -> GateTables {
    try Samples.configuration(Self.text(door, rest)).compiled(with: Samples.world()).gate
  }

  @Test func demands() throws {
    #expect(try tables("").doors[0].systems == nil)
    let both: OperatingSystems = [.init(.linux), .init(.macos)]
    #expect(try tables("os = [\"linux\", \"macos\"]").doors[0].systems == SystemDemand(both))
    #expect(
      try tables("os = [\"macos\", \"linux\"]\nhold = \"300ms\"").doors[0].systems == SystemDemand(both, awaitsFirstPacket: true))
    #expect(
      try tables("os = [\"windows\"]\nos-unknown = \"allow\"\nhold = \"300ms\"").doors[0].systems
        == SystemDemand(OperatingSystems(.windows), allowsUnknown: true))
  }

  @Test func whatIsSaidAtStart() throws {
    func notices(_ door: String) throws -> [String] { try Samples.configuration(Self.text(door)).notices }
    #expect(
      try notices("os = [\"linux\"]") == [
        "doors.ssh: asks for linux, and holds no first packets: knocks that come in no SYN of the client's system are refused"
      ])
    #expect(try notices("os = [\"linux\"]\nhold = \"300ms\"").isEmpty)
    #expect(try notices("os = [\"linux\"]\nos-unknown = \"allow\"").isEmpty)
  }

  @Test func signatures() throws {
    let text = "4:57+7:0:*:mss*3,2:mss,nop,ws:df:0"
    let tables = try tables("", "[os-signatures]\nfreebsd = [\"\(text)\"]\nlinux = [\"\(text)\"]")
    let pattern = try #require(SynPattern("4:64:0:*:mss*3,2:mss,nop,ws:df:0"))
    #expect(tables.signatures == [SystemSignature(.linux, pattern), SystemSignature(.freebsd, pattern)])
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
  }

  @Test(arguments: [
    ("os = []", "", ":6:6: \"os\" must have 1 to 6 elements, not 0"),
    ("os = [\"Linux\"]", "", ":6:7: \"os\" must be \"linux\" or \"windows\" or \"macos\""),
    ("os = [\"linux\", \"linux\"]", "", "\"os\" names \"linux\" twice"),
    ("os = \"linux\"", "", "\"os\" must be an array"),
    ("os-unknown = \"allow\"", "", "\"os-unknown\" is of no use without \"os\""),
    ("os = [\"linux\"]\nos-unknown = \"maybe\"", "", "\"os-unknown\" must be \"refuse\" or \"allow\""),
    ("", "[os-signatures]\nlinux = [\"S4:64:1:60:M*,S,T,N,W7\"]", ":13:10: \"linux\" must be a signature like"),
    ("", "[os-signatures]\nplan9 = [\"*:64:0:*:*,*:mss:df:0\"]", "unknown key \"plan9\""),
  ])
  func complaints(_ door: String, _ rest: String, _ words: String) {
    let errors = Samples.errors(Self.text(door, rest))
    #expect(errors.contains(words), "\(errors)")
  }
}
