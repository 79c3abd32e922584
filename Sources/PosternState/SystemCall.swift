// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The system calls of this module: one C call each, interrupted ones repeated, refusals as ``StateError``.
enum SystemCall {
  static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) throws(StateError) -> Int32 {
    try checked(.open) { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
  }

  /// Opens a regular file that is no symbolic link; a FIFO in its place neither blocks nor passes.
  static func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) throws(StateError) -> Int32 {
    let descriptor = try open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode)
    do throws(StateError) {
      guard try isRegular(descriptor) else { throw .notARegularFile }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func isRegular(_ descriptor: Int32) throws(StateError) -> Bool {
    var status = stat()
    _ = try checked(.stat) { unsafe fstat(descriptor, &status) }
    return status.st_mode & S_IFMT == S_IFREG
  }

  static func size(_ descriptor: Int32) throws(StateError) -> Int {
    var status = stat()
    _ = try checked(.stat) { unsafe fstat(descriptor, &status) }
    return Int(status.st_size)
  }

  /// Fills the front of `buffer`; zero at the end of the file.
  static func read(_ descriptor: Int32, into buffer: inout [UInt8], at offset: Int) throws(StateError) -> Int {
    try checked(.read) { unsafe pread(descriptor, &buffer, buffer.count, off_t(offset)) }
  }

  /// How many of `bytes` went to `offset`: at least one.
  static func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(StateError) -> Int {
    try written(
      try checked(.write) { unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) } })
  }

  /// How many of `bytes` were appended: at least one.
  static func append(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(StateError) -> Int {
    try written(try checked(.write) { unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) } })
  }

  static func truncate(_ descriptor: Int32, to size: Int) throws(StateError) {
    _ = try checked(.truncate) { Int(ftruncate(descriptor, off_t(size))) }
  }

  static func rename(_ path: String, to other: String) throws(StateError) {
    _ = try checked(.rename) { unsafe Glibc.rename(path, other) }
  }

  /// Reserves blocks, so that a full disk shows now and not at a knock.
  static func allocate(_ descriptor: Int32, _ size: Int) throws(StateError) {
    var answer = EINTR
    while answer == EINTR { answer = posix_fallocate(descriptor, 0, off_t(size)) }
    guard answer == 0 else { throw .failed(.allocate, errno: answer) }
  }

  /// False while another open file has the lock.
  static func lock(_ descriptor: Int32) throws(StateError) -> Bool {
    do {
      _ = try checked(.lock) { flock(descriptor, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      guard error == .failed(.lock, errno: EWOULDBLOCK) else { throw error }
      return false
    }
  }

  static func pause(milliseconds: UInt32) { _ = usleep(milliseconds * 1000) }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  /// A device that takes nothing and reports nothing would otherwise be asked for ever.
  private static func written(_ count: Int) throws(StateError) -> Int {
    guard count > 0 else { throw .failed(.write, errno: EIO) }
    return count
  }

  private static func checked<Count: FixedWidthInteger>(
    _ operation: StateError.Operation, _ call: () -> Count
  ) throws(StateError) -> Count {
    while true {
      let answer = call()
      if answer >= 0 { return answer }
      guard errno == EINTR else { throw .failed(operation, errno: errno) }
    }
  }
}
