// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import Glibc

/// A program on a terminal of its own: what somebody who sits there sees, and types.
final class TerminalProgram {
  private let terminal: Int32
  private let pid: Int32
  private var hasEnded = false
  /// All that showed.
  private(set) var screen = ""
  private var seen = 0

  /// Standard input and output are the terminal's where no other descriptors are named.
  init(_ words: [String], input: Int32 = -1, output: Int32 = -1) throws {
    var child: Int32 = -1
    let texts = unsafe words.map { unsafe strdup($0) }
    defer { unsafe texts.forEach { unsafe free($0) } }
    let pointers = unsafe texts.map { unsafe UnsafePointer($0) } + [nil]
    terminal = unsafe pointers.withUnsafeBufferPointer { unsafe support_start_on_terminal($0.baseAddress, input, output, &child) }
    pid = child
    guard terminal >= 0 else { throw Shell.Failure(description: "no terminal: \(errno)") }
  }

  deinit {
    if !hasEnded {
      kill(pid, SIGKILL)
      _ = waitpid(pid, nil, 0)
    }
    close(terminal)
  }

  var echoes: Bool { support_terminal_echoes(terminal) }

  /// Waits until something shows behind what was waited for before.
  func sees(_ text: String, seconds: Double = 20) -> Bool {
    Shell.wait(seconds: seconds) {
      readScreen()
      let fresh = screen.dropFirst(seen)
      guard let found = fresh.range(of: text) else { return false }
      seen = screen.distance(from: screen.startIndex, to: found.upperBound)
      return true
    }
  }

  /// Types once the program listens, which a question without an echo tells.
  func answer(_ line: String, to question: String, isHidden: Bool = true) throws {
    guard sees(question) else { throw Shell.Failure(description: "not asked \(question): \(screen)") }
    guard Shell.wait({ echoes != isHidden }) else { throw Shell.Failure(description: "the terminal echoes: \(echoes)") }
    type(line + "\n")
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(terminal, bytes, bytes.count)
  }

  /// The exit status, or 128 and the signal as shells have it; nil when it does not end in time.
  func end(seconds: Double = 20) -> Int32? {
    var status: Int32 = 0
    let ended = Shell.wait(seconds: seconds) {
      readScreen()
      return unsafe waitpid(pid, &status, WNOHANG) == pid
    }
    guard ended else { return nil }
    hasEnded = true
    readScreen()
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  private func readScreen() {
    var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while unsafe poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLIN) != 0 {
      let count = unsafe read(terminal, &buffer, buffer.count)
      guard count > 0 else { return }
      screen += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
