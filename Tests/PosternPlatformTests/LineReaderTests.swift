// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import Testing

@Suite struct LineReaderTests {
  private func lines(_ content: [UInt8], limit: Int = 1 << 20) throws -> [LineReader.Line] {
    let path = "/tmp/postern-lines-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let file = OwnedDescriptor(owning: unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
    defer { _ = unsafe unlink(path) }
    try BoundedFile.write(content, to: file.number)
    var reader = try LineReader(path, limit: limit)
    var lines: [LineReader.Line] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }

  private func line(_ text: String, isWhole: Bool = true) -> LineReader.Line { .init(bytes: Array(text.utf8), isWhole: isWhole) }

  @Test func linesAndTheLastOneWithoutItsEnd() throws {
    #expect(try lines([]) == [])
    #expect(try lines(Array("a\n\nbc\n".utf8)) == [line("a"), line(""), line("bc")])
    #expect(try lines(Array("a\nbc".utf8)) == [line("a"), line("bc", isWhole: false)])
  }

  /// Lines of all lengths around the size of a piece, so that every one is cut by a piece's end somewhere.
  @Test func linesOverPieces() throws {
    let texts = (0..<40).map { String(repeating: "x", count: $0 * 997) }
    #expect(try lines(texts.flatMap { Array("\($0)\n".utf8) }) == texts.map { line($0) })
  }

  @Test func linesThatAreTooLongAreCutOff() throws {
    let long = String(repeating: "y", count: 300_000)
    #expect(
      try lines(Array("a\n\(long)\nb\n\(long)".utf8), limit: 1000) == [
        line("a"), line(String(long.prefix(1000)), isWhole: false), line("b"),
        line(String(long.prefix(1000)), isWhole: false),
      ])
    let rows = try lines(Array("12345\n1234\n".utf8), limit: 4)
    #expect(rows.map(\.isWhole) == [false, true])
  }

  @Test func noFile() {
    #expect(throws: PlatformError("open file", ENOENT)) { _ = try LineReader("/nowhere/at/all") }
  }
}
