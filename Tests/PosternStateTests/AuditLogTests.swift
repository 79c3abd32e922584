// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternState
import PosternWire
import Testing

@Suite struct AuditLogTests {
  private func line(_ text: String) -> [UInt8] {
    var line = JSONLine()
    line.put("event", text)
    return line.bytes
  }

  @Test func appendsOverReopening() throws {
    let scratch = try Scratch()
    for event in ["one", "two"] {
      var log = try AuditLog(path: scratch.file("audit"))
      try log.append(line(event) + line(event))
    }
    #expect(try scratch.bytes("audit") == line("one") + line("one") + line("two") + line("two"))
    #expect(try (scratch.mode("audit") ?? 0) & ~0o640 == 0)
  }

  @Test func onlyRegularFiles() throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: "/dev/null")
    #expect(throws: StateError.failed(.open, errno: ELOOP)) { _ = try AuditLog(path: scratch.file("link")) }
    #expect(throws: StateError.notARegularFile) { _ = try AuditLog(path: "/dev/null") }
    #expect(throws: StateError.failed(.open, errno: EISDIR)) { _ = try AuditLog(path: scratch.path) }
  }

  @Test func failureIsThrown() {
    var log = AuditLog(borrowing: unsafe open("/dev/full", O_WRONLY | O_CLOEXEC))
    #expect(throws: StateError.failed(.write, errno: ENOSPC)) { try log.append(line("x")) }
    #expect(log.linesWritten == 0)
  }

  @Test func tailIsTheEnd() throws {
    let scratch = try Scratch()
    #expect(try AuditLog(path: scratch.file("audit")).tail() == [])
    let text = (0..<5000).flatMap { line("event \($0)") }
    try scratch.write(text, to: "audit")
    #expect(try AuditLog(path: scratch.file("audit")).tail() == Array(text.suffix(64 << 10)))
    #expect(try AuditLog(borrowing: 1).tail() == [])
  }

  /// A daemon that died inside a line, or a disk that was full: the next one does not write into that line.
  @Test func aLineCutOffByTheFilesEndIsEndedFirst() throws {
    let scratch = try Scratch()
    try scratch.write(Array("{\"seq\":1".utf8), to: "audit")
    do {
      var log = try AuditLog(path: scratch.file("audit"))
      try log.append(line("next"))
      #expect(log.linesWritten == 1)
    }
    #expect(try scratch.bytes("audit") == Array("{\"seq\":1\n".utf8) + line("next"))
  }

  /// A pipe that takes part of a line and then nothing more; once it is drained, the broken line ends before the next begins.
  @Test func tornLineIsEndedFirst() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
    let long = line(String(repeating: "x", count: 4 * 1024 * 1024))
    var log = AuditLog(borrowing: ends[1])
    #expect(throws: StateError.failed(.write, errno: EAGAIN)) { try log.append(long) }
    var drained = [UInt8](repeating: 0, count: long.count)
    #expect(log.linesWritten == 0)
    let part = unsafe read(ends[0], &drained, drained.count)
    #expect(part > 0 && part < long.count && Array(drained[..<part]) == Array(long[..<part]))
    try log.append(line("next"))
    #expect(log.linesWritten == 1)
    try log.append(line("last"))
    let count = unsafe read(ends[0], &drained, drained.count)
    #expect(Array(drained[..<count]) == [UInt8(ascii: "\n")] + line("next") + line("last"))
  }
}
