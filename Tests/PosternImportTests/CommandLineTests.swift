// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PosternImport

@Suite struct CommandLineTests {
  static let split: [(line: String, commands: [[String]])] = [
    ("", []),
    ("  ", []),
    ("a", [["a"]]),
    ("a b\tc", [["a", "b", "c"]]),
    ("a 'b c' \"d e\"", [["a", "b c", "d e"]]),
    ("a''b", [["ab"]]),
    ("a ''", [["a", ""]]),
    ("a 'b\"c' \"d'e\"", [["a", "b\"c", "d'e"]]),
    ("a \\' b\\ c", [["a", "'", "b c"]]),
    ("a \"b\\\"c\\\\ \\d\"", [["a", "b\"c\\ \\d"]]),
    ("a; b ;c", [["a"], ["b"], ["c"]]),
    ("a && b", [["a"], ["b"]]),
    ("a # b", [["a"]]),
    ("a#b", [["a#b"]]),
    ("nft add element inet f s { %IP% }", [["nft", "add", "element", "inet", "f", "s", "{", "%IP%", "}"]]),
    ("a b~c", [["a", "b~c"]]),
    ("a $", []),
  ]

  @Test(arguments: split.indices) func splitsWhatAShellWould(_ index: Int) {
    let row = Self.split[index]
    guard row.line != "a $" else { return #expect(CommandLine(row.line).single == nil) }
    #expect(CommandLine(row.line) == .commands(row.commands), "\(row.line)")
  }

  static let needy = [
    "a | b", "a > b", "a < b", "a $X", "a \"$X\"", "a `b`", "a \"`b`\"", "a *.c", "a ?", "a [b]", "a ~", "~/a", "(a)", "a & b",
    "a &",
    "a 'b", "a \"b", "a \\", "a || b", String(repeating: "a", count: CommandLine.maximumBytes + 1),
  ]

  @Test(arguments: needy) func doesNothingThatOnlyAShellCan(_ line: String) {
    guard case .needsShell = CommandLine(line) else {
      Issue.record("\(line) was split: \(CommandLine(line))")
      return
    }
  }
}
