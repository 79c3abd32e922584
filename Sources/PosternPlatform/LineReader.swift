// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The lines of a file or pipe, one after another, in bounded memory.
package struct LineReader: ~Copyable {
  package struct Line: Hashable, Sendable {
    /// Without its newline.
    package var bytes: [UInt8]
    /// False for a line that the file's end cuts off, and for the start of one that is longer than the limit.
    package var isWhole: Bool

    package init(bytes: [UInt8], isWhole: Bool) {
      self.bytes = bytes
      self.isWhole = isWhole
    }
  }

  private let file: OwnedDescriptor
  private let limit: Int
  private var buffer: [UInt8] = []
  /// The first byte of the buffer that has not been given out.
  private var start = 0
  private var isAtEnd = false

  /// Reads the file at `path`; `-` stands for standard input. Lines of more than `limit` bytes are cut off.
  package init(_ path: String, limit: Int = 1 << 20) throws(PlatformError) {
    file = try BoundedFile.open(path == "-" ? "/dev/stdin" : path)
    self.limit = limit
  }

  /// The next line, nil at the end.
  package mutating func next() throws(PlatformError) -> Line? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(upTo: end, isWhole: true) }
      searched = buffer.count
      if isAtEnd { return start < buffer.count ? take(upTo: buffer.count, isWhole: false) : nil }
      if buffer.count - start > limit { return try takeOverlong() }
      searched -= try fill()
    }
  }

  private mutating func take(upTo end: Int, isWhole: Bool) -> Line {
    defer { start = min(end + 1, buffer.count) }
    return Line(bytes: Array(buffer[start..<end]), isWhole: isWhole && end - start <= limit)
  }

  /// What fits of a line that is too long; the rest of it is skipped.
  private mutating func takeOverlong() throws(PlatformError) -> Line {
    let line = Line(bytes: Array(buffer[start..<start + limit]), isWhole: false)
    while !isAtEnd {
      start = buffer.count
      _ = try fill()
      guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { continue }
      start = end + 1
      return line
    }
    start = buffer.count
    return line
  }

  /// Reads more; answers by how much what is kept moved to the front.
  private mutating func fill() throws(PlatformError) -> Int {
    let moved = start
    buffer.removeFirst(start)
    start = 0
    let number = file.number
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = try SystemCall.value("read file") { unsafe read(number, &piece, piece.count) }
    buffer += piece.prefix(count)
    isAtEnd = count == 0
    return moved
  }
}
