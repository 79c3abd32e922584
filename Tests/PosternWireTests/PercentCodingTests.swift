// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct PercentCodingTests {
  @Test(arguments: [
    ("", ""), ("a-Z_0.9~", "a-Z_0.9~"), ("bob/main", "bob%2Fmain"), ("a b%:?&", "a%20b%25%3A%3F%26"), ("é", "%C3%A9"),
  ])
  func roundTrip(_ plain: String, _ text: String) {
    #expect(PercentCoding.encode(plain) == text)
    #expect(PercentCoding.decode(Array(text.utf8)) == plain)
  }

  @Test func lowerCaseDigitsAndReservedCharactersAreRead() {
    #expect(PercentCoding.decode(Array("a:b%3a%c3%a9".utf8)) == "a:b:é")
  }

  @Test(arguments: ["%", "%4", "%4g", "a%", "%%41", "%C3", "%FF", "%+1", "%-1"])
  func refused(_ text: String) { #expect(PercentCoding.decode(Array(text.utf8)) == nil) }
}
