// SPDX-License-Identifier: Apache-2.0
import PosternTables
import Testing

@testable import PosternImport

@Suite struct Cd00rImportTests {
  static let source = """
    /* cd00r.c */
    #include <stdio.h>
    #define CDR_INTERFACE\t\t"eth0"
    /* #define CDR_ADDRESS "192.0.2.1" */
    // #define CDR_ADDRESS "192.0.2.2"
    #define CDR_PORTS\t\t{ 200,80,22,53,3,00 }
    #define CDR_CODERESET
    #define CDR_SENDER_ADDR
    #define CDR_NOISE_COMMAND\t"noi"
    int main() { return 0; }
    """

  private func imported(_ text: String) throws -> ImportedConfiguration { try .cd00r(Samples.text(text, file: "cd00r.c")) }

  @Test func theOriginal() throws {
    let imported = try imported(Self.source)
    #expect(
      Samples.statements(Samples.written(imported)).suffix(9) == [
        "[users.cd00r]", #"doors = ["tcp-5002"]"#, "packet-source = true", "[users.cd00r.keys.list]", #"protocol = "cd00r""#,
        #"sequence = ["tcp/200", "tcp/80", "tcp/22", "tcp/53", "tcp/3"]"#, "reset = true", #"timeout = "30s""#,
        #"door = "tcp-5002""#,
      ])
    #expect(
      imported.rules == [
        #"iifname "eth0" tcp dport { 3, 22, 53, 80, 200 } tcp flags & (syn | ack) == syn log prefix "cd00r" group 5 snaplen 512"#
      ])
    #expect(
      imported.notes.map(\.description).contains { $0.hasPrefix("cd00r.c:6: not carried: cd00r started inetd with a root shell") }
    )
    _ = try Samples.tables(imported)
  }

  static let variants: [(name: String, old: String, new: String, statement: String)] = [
    ("no reset", "#define CDR_CODERESET\n", "", "reset = false"),
    ("any sender", "#define CDR_SENDER_ADDR\n", "", "same-sender = false"),
    ("undefined again", "int main", "#undef CDR_CODERESET\nint main", "reset = false"),
    ("switched off", "#define CDR_CODERESET\n", "#if 0\n#define CDR_CODERESET\n#endif\n", "reset = false"),
    ("other branch", "#define CDR_CODERESET\n", "#if 0\n#else\n#define CDR_CODERESET\n#endif\n", "reset = true"),
    ("address", "int main", "#define CDR_ADDRESS \"192.0.2.9\"\nint main", #"target = "192.0.2.9""#),
    ("octal and hexadecimal", "{ 200,80,22,53,3,00 }", "{ 010, 0x16, 0 }", #"sequence = ["tcp/8", "tcp/22"]"#),
    ("over two lines", "{ 200,80,22,53,3,00 }", "{ 200, \\\n 80, 0 }", #"sequence = ["tcp/200", "tcp/80"]"#),
    ("the last one counts", "int main", "#define CDR_PORTS { 7, 0 }\nint main", #"sequence = ["tcp/7"]"#),
    ("more behind the zero", "3,00 }", "3,00, 5 }", #"sequence = ["tcp/200", "tcp/80", "tcp/22", "tcp/53", "tcp/3"]"#),
  ]

  @Test(arguments: variants.indices) func variant(_ index: Int) throws {
    let row = Self.variants[index]
    let text = Self.source.replacing(row.old, with: row.new)
    try #require(text != Self.source)
    let imported = try imported(text)
    #expect(Samples.statements(Samples.written(imported)).contains(row.statement), "\(row.name): \(Samples.written(imported))")
    _ = try Samples.tables(imported)
  }

  static let refused: [(name: String, ports: String, words: String)] = [
    ("none", "{ 00 }", "1 to 32 ports"), ("no zero", "{ 200, 80 }", "no 0 at its end"), ("no braces", "200, 0", "between braces"),
    ("too large", "{ 70000, 0 }", "1 to 32 ports"), ("a name", "{ ssh, 0 }", "1 to 32 ports"),
    ("negative", "{ -1, 0 }", "1 to 32 ports"),
    ("too many", "{ \(Array(repeating: "1,", count: 33).joined()) 0 }", "1 to 32 ports"), ("half a list", "{", "between braces"),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let row = Self.refused[index]
    let notes = Samples.notes { try imported("#define CDR_PORTS \(row.ports)\n") }
    #expect(
      notes.count == 1 && notes.first?.hasPrefix("cd00r.c:1: ") == true && notes.first?.contains(row.words) == true,
      "\(row.name): \(notes)")
  }

  @Test func aTextWithoutPortsIsNone() {
    #expect(Samples.notes { try imported("int main() {}\n") } == ["cd00r.c: defines no CDR_PORTS"])
  }
}
