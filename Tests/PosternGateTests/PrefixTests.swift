// SPDX-License-Identifier: Apache-2.0
import PosternGate
import PosternKnock
import PosternWire
import Testing

@Suite struct PrefixTests {
  private func read(_ prefix: String) -> KnockProtocol? { Array(prefix.utf8).withBytes { KnockProtocol(prefix: $0) } }

  @Test(arguments: KnockProtocol.named) func names(_ knockProtocol: KnockProtocol) {
    let name = knockProtocol.description
    for prefix in [name, name + ":", name + ":front", name + ":a:b"] { #expect(read(prefix) == knockProtocol, "\(prefix)") }
    for prefix in [name + "x", "x" + name, name + " ", "\u{0}" + name, name.uppercased(), String(name.dropLast())] {
      #expect(read(prefix) == nil, "\(prefix)")
    }
  }

  @Test(arguments: ["", ":", ":spa", "ports-classic", "nobody", "\u{0}", "spa\u{0}", "doormanx", "longer-than-eight"])
  func others(_ prefix: String) { #expect(read(prefix) == nil) }
}
