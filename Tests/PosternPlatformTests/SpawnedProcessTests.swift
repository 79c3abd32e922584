// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import Testing

@Suite struct SpawnedProcessTests {
  @Test func endsAreTold() throws {
    #expect(try Programs.run("/bin/sh", ["-c", "exit 7"]).end == .exited(7))
    #expect(try Programs.run("/bin/sh", ["-c", "kill -9 $$"]).end == .signalled(SIGKILL))
  }

  @Test func argumentsAndEnvironmentArriveAsGiven() throws {
    let echo = try Programs.run(
      "/bin/sh", ["-c", "echo \"$0|$1|$2|$WORD\"; env | grep -c HOME=", "a b", "", "$x"], environment: ["WORD": "w x"])
    #expect(echo.output == "a b||$x|w x\n0\n")
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: PlatformError("start program", ENOENT)) { try SpawnedProcess("/nonexistent").pid }
  }

  /// Both numbers are each other's source, a third leaves a gap, and a descriptor without close-on-exec is open in the parent.
  @Test func descriptorsAreNumberedAndNothingElseIsOpen() throws {
    let leak = OwnedDescriptor(owning: unsafe open("/dev/zero", O_RDONLY))
    var ends: [CInt] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    let reader = OwnedDescriptor(owning: ends[0])
    let writer = OwnedDescriptor(owning: ends[1])
    let file = try MemoryFile(named: "numbered", holding: [1])
    let child = try SpawnedProcess(
      "/bin/ls", arguments: ["-l", "/proc/self/fd"],
      descriptors: [
        .init(writer, as: 1), .init(file.descriptor, as: 5), .init(reader, as: writer.number), .init(writer, as: reader.number),
      ])
    _ = consume writer
    _ = try child.wait()
    _ = leak.number
    let lines = try Programs.readAll(reader).split(separator: "\n").filter { $0.contains(" -> ") }
    func target(_ number: CInt) -> Substring? {
      lines.first { $0.contains(" \(number) -> ") }?.split(separator: " ").drop { $0 != "->" }.dropFirst().first
    }
    #expect(target(0) == "/dev/null" && target(2) == "/dev/null")
    #expect(target(1)?.hasPrefix("pipe:") == true && target(5) == "/memfd:numbered")
    #expect(target(ends[0]) == target(1) && target(ends[1]) == target(1))
    // 0, 1, 2, 5, the pair, and the directory that ls reads
    #expect(lines.count == 7, "\(lines)")
  }

  @Test func aPollSeesTheEndOnlyWhenItIsThere() throws {
    let pair = try SeqpacketPair()
    let child = try SpawnedProcess("/bin/cat", descriptors: [.init(pair.far.descriptor, as: 0)])
    #expect(try child.end() == nil)
    try child.signal(SIGTERM)
    var loop = try EventLoop()
    try loop.add(child.descriptor, token: 9)
    #expect(try loop.wait(milliseconds: 5000) == 1)
    #expect(loop[0].token == 9 && loop[0].isReadable)
    #expect(try child.end() == .signalled(SIGTERM))
    #expect(throws: PlatformError.self) { try child.end() }
  }

  @Test func signalsAreNotBlockedInTheChild() throws {
    // SignalSource blocks the signal for this thread; the child must die of it all the same
    let signals = try SignalSource([SIGUSR2])
    #expect(try Programs.run("/bin/sh", ["-c", "kill -USR2 $$; exit 0"]).end == .signalled(SIGUSR2))
    _ = try signals.next()
  }
}
