// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import Testing

@Suite struct TomlDocumentTests {
  private func root(_ text: String) throws(ConfigError) -> TomlNode { try TomlDocument(Array(text.utf8), file: "t").root() }

  private func error(_ text: [UInt8]) -> String? {
    do throws(ConfigError) {
      _ = try TomlDocument(text, file: "t").root()
      return nil
    } catch {
      return error.description
    }
  }

  private func error(_ text: String) -> String? { error(Array(text.utf8)) }

  /// A node as text: keys with their places, values with theirs.
  private func describe(_ node: TomlNode) -> String {
    let value =
      switch node.kind {
      case .table(let entries):
        "{"
          + entries.map { "\($0.key)@\($0.keyPosition.line):\($0.keyPosition.column)=\(describe($0.node))" }.joined(
            separator: " ") + "}"
      case .array(let nodes): "[" + nodes.map(describe).joined(separator: " ") + "]"
      case .string(let text): "s(\(text))"
      case .integer(let number): "i(\(number))"
      case .boolean(let flag): "b(\(flag))"
      case .dateTime(let text): "t(\(text))"
      case .other(let name): "o(\(name))"
      }
    return "\(value)@\(node.position.line):\(node.position.column)"
  }

  @Test(arguments: [
    ("", "{}@1:1"), ("z = 1\na = -2", "{z@1:1=i(1)@1:5 a@2:1=i(-2)@2:5}@1:1"),
    ("a = [true, 'x', [1.5]]", "{a@1:1=[b(true)@1:6 s(x)@1:12 [o(float)@1:18]@1:17]@1:5}@1:1"),
    ("[a.b]\nc = 'é' # x", "{a@1:2={b@1:4={c@2:1=s(é)@2:5}@1:1}@1:1}@1:1"),
    ("a = 2027-01-02 03:04:05.5-00:30", "{a@1:1=t(2027-01-02T03:04:05.500000000-00:30)@1:5}@1:1"),
    ("a = 2027-01-02\nb = 03:04:05", "{a@1:1=t(2027-01-02)@1:5 b@2:1=o(time)@2:5}@1:1"),
    ("[[a]]\nx = 1\n[[a]]", "{a@1:3=[{x@2:1=i(1)@2:5}@1:1 {}@3:1]@1:1}@1:1"),
    ("a = \"x\\u0000y\"", "{a@1:1=s(x\u{0}y)@1:5}@1:1"),
    ("a = \"\"\"x\"\"\"\"\" # ................................", "{a@1:1=s(x\"\")@1:5}@1:1"),
    ("'.....................' = '.....................'", "{.....................@1:1=s(.....................)@1:27}@1:1"),
  ]) func tree(_ text: String, _ expected: String) throws { #expect(describe(try root(text)) == expected) }

  @Test(arguments: [
    ("a = ", "t:1:5: Error while parsing key-value pair: encountered end-of-file"),
    ("a = 1\na = 2", "t:2:5: Error while parsing key-value pair: cannot redefine existing integer 'a'"),
    ("[a]\n[a]", "t:2:1: Error while parsing table header: cannot redefine existing table 'a'"),
    ("x = 1\n" + String(repeating: "a.", count: 100_000) + "a = 1", "t:2:32: a dotted key has too many parts"),
    ("x = '''\n''''\n" + String(repeating: "a.", count: 20) + "a = 1\n'''", "t:3:32: a dotted key has too many parts"),
    ("[" + String(repeating: "'é'.", count: 20) + "a]", "t:1:65: a dotted key has too many parts"),
    ("a.a.a.a.a.a.a.a.a.a.a.a.a = [[[[[[{ b.b.b.b.b.b.b.b.b.b.b.b.b.b.b = [] }]]]]]]", "t:1:63: values are nested too deeply"),
  ]) func refused(_ text: String, _ expected: String) { #expect(error(text) == expected) }

  @Test func hundredBracketsAreRefused() {
    #expect(error("a = " + String(repeating: "[", count: 100))?.contains("nested value depth") == true)
  }
  @Test func invalidUTF8IsRefusedWhereItStands() {
    #expect(error(Array("a = '".utf8) + [0xFF]) == "t:1:5: Encountered invalid utf-8 sequence")
  }

  @Test func oneMebibyteIsTheEnd() {
    let comment = Array(repeating: UInt8(ascii: "#"), count: 1 << 20)
    #expect(error(comment) == nil)
    #expect(error(comment + [UInt8(ascii: "#")]) == "t:1:1: the text is longer than 1 MiB")
  }

  @Test func everyTruncationAndFlipEndsInAValueOrAnError() {
    var text = Array(Samples.full.utf8)
    for length in text.indices { _ = error(Array(text[..<length])) }
    for index in text.indices {
      for bit in [0, 3, 5, 7] {
        text[index] ^= 1 << bit
        _ = error(text)
        text[index] ^= 1 << bit
      }
    }
  }
}
