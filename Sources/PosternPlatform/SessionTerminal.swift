// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The terminal of this process's session (tty(4)), whatever its standard streams are.
package struct SessionTerminal: ~Copyable {
  private let terminal: OwnedDescriptor

  /// Throws what ``isMissing(_:)`` recognises where the session has none.
  package init() throws(PlatformError) {
    terminal = try OwnedDescriptor("open terminal") { unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) }
  }

  /// Whether an error says that nobody can be asked: no terminal (ENXIO), no file of that name, or one that hung up (EIO).
  package static func isMissing(_ error: PlatformError) -> Bool { [ENXIO, ENOENT, ENODEV, ENOTTY, EIO].contains(error.code) }

  /// Asks, and gives the line that is typed, without its end; EFBIG beyond `limit` bytes, EIO at the end of input.
  ///
  /// What is typed shows on the terminal only where `showing` says so. A signal that ends or stops the process finds the terminal as it
  /// was; after a stop the question is asked anew.
  package func ask(_ prompt: String, showing: Bool, limit: Int) throws(PlatformError) -> [UInt8] {
    while true {
      switch try attempt(prompt, showing: showing, limit: limit) {
      case .line(let line): return line
      case .signal(let signal): _ = raise(signal)
      }
    }
  }

  private enum Answer {
    case line([UInt8])
    case signal(CInt)
  }

  private func attempt(_ prompt: String, showing: Bool, limit: Int) throws(PlatformError) -> Answer {
    let number = terminal.number
    var mask = sigset_t()
    _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
    let signals = try SignalSource([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP])
    defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &mask, nil) }
    var before = termios()
    try SystemCall.value("read terminal's settings") { unsafe tcgetattr(number, &before) }
    var during = before
    during.c_lflag |= tcflag_t(ICANON) | tcflag_t(ECHONL)
    if !showing { during.c_lflag &= ~tcflag_t(ECHO) }
    // What was typed before the question is no answer to it.
    try SystemCall.value("set terminal") { unsafe tcsetattr(number, TCSAFLUSH, &during) }
    defer { _ = unsafe tcsetattr(number, TCSAFLUSH, &before) }
    try BoundedFile.write(Array(prompt.utf8), to: number)
    return try read(until: signals, limit: limit)
  }

  private func read(until signals: borrowing SignalSource, limit: Int) throws(PlatformError) -> Answer {
    let number = terminal.number
    var line: [UInt8] = []
    // Room from the start: a growing array would leave copies behind.
    line.reserveCapacity(2 * limit)
    var isDone = false
    defer { if !isDone { line.wipe() } }
    var buffer = [UInt8](repeating: 0, count: limit)
    defer { buffer.wipe() }
    while line.count <= limit {
      if let signal = try wait(signals) { return .signal(signal) }
      let count = try SystemCall.value("read terminal") { unsafe Glibc.read(number, &buffer, buffer.count) }
      guard count > 0 else { throw PlatformError("read terminal", EIO) }
      line.append(contentsOf: buffer[..<count])
      if line.last == UInt8(ascii: "\n") {
        line.removeLast()
        guard line.count <= limit else { break }
        isDone = true
        return .line(line)
      }
    }
    throw PlatformError("read terminal", EFBIG)
  }

  /// Waits for input, or for a signal, which it gives.
  private func wait(_ signals: borrowing SignalSource) throws(PlatformError) -> CInt? {
    var waiting = [
      pollfd(fd: terminal.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      try SystemCall.value("wait for terminal") { unsafe poll(&waiting, nfds_t(waiting.count), -1) }
      if let signal = try signals.next() { return signal }
      if waiting[0].revents != 0 { return nil }
    }
  }
}
