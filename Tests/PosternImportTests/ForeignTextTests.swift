// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PosternImport

@Suite struct ForeignTextTests {
  private func text(_ bytes: [UInt8]) -> [String]? {
    (try? ForeignText(bytes, file: "f"))?.lines.map { "\($0.position) \($0.text)" }
  }

  @Test func linesKeepTheirNumbers() {
    #expect(text(Array("a\n\nb\r\nc".utf8)) == ["f:1 a", "f:2 ", "f:3 b", "f:4 c"])
    #expect(text([]) == [])
    #expect(text(Array("a\n".utf8)) == ["f:1 a"])
  }

  @Test func bytesThatAreNoUTF8AreReplaced() { #expect(text([0x61, 0xFF, 0x62]) == ["f:1 a\u{FFFD}b"]) }

  @Test func limits() throws {
    #expect(text([0x61, 0x0A, 0x00]) == nil)
    #expect(text(Array(repeating: 0x61, count: ForeignText.maximumBytes)) != nil)
    #expect(text(Array(repeating: 0x61, count: ForeignText.maximumBytes + 1)) == nil)
    #expect(text(Array(repeating: 0x0A, count: ForeignText.maximumLines)) != nil)
    #expect(text(Array(repeating: 0x0A, count: ForeignText.maximumLines + 1)) == nil)
    do throws(ImportFailure) {
      _ = try ForeignText([0x0A, 0x0A, 0x00], file: "f")
      Issue.record("a NUL was taken")
    } catch { #expect(error.description == "f:3: holds a NUL byte") }
  }
}
