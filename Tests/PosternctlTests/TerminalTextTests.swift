// SPDX-License-Identifier: Apache-2.0
import Testing
import posternctl

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("alice/laptop ssh", "alice/laptop ssh"),
    ("a\u{1b}[31mb", "a[31mb"),
    ("a\nb\rc\td\u{0}e\u{7f}f", "abcdef"),
    ("\u{9b}31m", "31m"),
    ("user\u{202e}gnp.exe\u{200b}", "usergnp.exe"),
    ("a\u{2028}b\u{2029}c", "abc"),
    ("größe → 1", "größe → 1"),
  ])
  func stripped(_ text: String, _ expected: String) { #expect(text.withoutControls == expected) }
}
