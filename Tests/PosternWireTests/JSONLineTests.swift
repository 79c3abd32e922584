// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct JSONLineTests {
  private func text(_ fill: (inout JSONLine) -> Void) -> String {
    var line = JSONLine()
    fill(&line)
    return String(decoding: line.bytes, as: UTF8.self)
  }

  @Test func empty() { #expect(text { _ in } == "{}\n") }

  @Test func everyKind() {
    let line = text {
      $0.put("event", "granted")
      $0.put("lease", UInt32(60))
      $0.put("offset", -3)
      $0.put("largest", UInt64.max)
      $0.put("cut", true)
      $0.put("held", false)
      $0.put("seconds", 1.5, decimals: 3)
      $0.put("notes", ["a", "b\""])
      $0.put("none", [String]())
    }
    #expect(
      line == #"{"event":"granted","lease":60,"offset":-3,"largest":18446744073709551615,"cut":true,"held":false,"#
        + #""seconds":1.500,"notes":["a","b\""],"none":[]}"# + "\n")
  }

  @Test(arguments: [
    ("plain ~", "plain ~"), ("quote \" back \\ slash /", #"quote \" back \\ slash /"#), ("\n", #"\u000a"#),
    ("\r\n", #"\u000d\u000a"#),
    ("\u{0}", #"\u0000"#), ("\u{1b}[2J", #"\u001b[2J"#), ("\u{7f}", #"\u007f"#), ("\u{9b}", #"\u009b"#), ("é", #"\u00e9"#),
    ("\u{202e}", #"\u202e"#), ("😀", #"\ud83d\ude00"#), ("\u{fffd}", #"\ufffd"#),
  ])
  func escapes(_ value: String, _ expected: String) {
    #expect(text { $0.put("k", value) } == "{\"k\":\"\(expected)\"}\n")
    #expect(text { $0.put("k", [value]) } == "{\"k\":[\"\(expected)\"]}\n")
  }

  @Test func everyByteIsPrintable() {
    let hostile = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar(UInt32($0)) }))
    var line = JSONLine()
    line.put("k", hostile)
    #expect(line.bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) })
    #expect(line.bytes.last == UInt8(ascii: "\n"))
  }

  @Test(
    arguments: [
      (0, 3, "0.000"), (1.0005, 3, "1.001"), (-0.25, 2, "-0.25"), (-0.001, 2, "0.00"), (12.9, 0, "13"), (0.05, 2, "0.05"),
      (.nan, 2, "null"), (.infinity, 2, "null"), (1e300, 2, "null"), (2.5, 12, "2.500000000"), (2.5, -1, "3"),
    ] as [(Double, Int, String)])
  func fixedDecimals(_ value: Double, _ decimals: Int, _ expected: String) {
    #expect(text { $0.put("k", value, decimals: decimals) } == "{\"k\":\(expected)}\n")
  }
}
