// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternTables
import PosternWire
import Testing

@Suite struct KnockdLinesTests {
  private func lines(_ text: String) -> [String] {
    KnockdLines(Array(text.utf8), flags: .any).lines.map { line in
      "\(line.number) " + line.steps.map(\.description).joined(separator: ",")
    }
  }

  @Test(
    arguments: [
      ("", []), ("\n\n", []), ("7000,8000:udp, 9000:tcp\n", ["0 tcp/7000,udp/8000,tcp/9000"]),
      (" 7000,8000\n 1000,2000\n", ["0 tcp/7000,tcp/8000", "1 tcp/1000,tcp/2000"]),
      ("# list\n#7000,8000\n\n 1000,2000\n 3000,4000", ["3 tcp/1000,tcp/2000", "4 tcp/3000,tcp/4000"]),
      (" 7000,8000\r\n \t \r\n9\r\n", ["0 tcp/7000,tcp/8000", "2 tcp/9"]), ("udp/7,echo,tcp/9 fin\n", ["0 udp/7,echo,tcp/9 fin"]),
    ] as [(String, [String])])
  func reads(_ text: String, _ expected: [String]) {
    #expect(lines(text) == expected)
    #expect(KnockdLines(Array(text.utf8), flags: .any).senseless.isEmpty)
  }

  @Test func passesOverWhatMakesNoSense() {
    let text = " 7000,70000\n 1000,2000\n #1\n1,,2\n\u{1}\n\(String(repeating: "7,", count: 32))7\n"
    #expect(lines(text) == ["1 tcp/1000,tcp/2000"])
    #expect(KnockdLines(Array(text.utf8), flags: .any).senseless == [1, 3, 4, 5, 6])
  }

  @Test func takesBytesThatAreNoText() {
    #expect(KnockdLines([0xff, 0xfe, 10, 55, 10], flags: .any).senseless == [1])
  }

  @Test func theFlagsAreThoseOfTheKey() throws {
    let flags = try #require(TCPFlagTest("syn"))
    #expect(KnockdLines(Array("7\n".utf8), flags: flags).lines.first?.steps == [.tcp(try #require(Port(7)), flags)])
  }
}
