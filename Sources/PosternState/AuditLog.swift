// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An append-only log of whole lines, in a file or on a descriptor such as standard output.
package struct AuditLog: ~Copyable {
  private let descriptor: Int32
  private let isOwned: Bool
  /// A write broke off inside a line.
  private var isTorn = false
  /// Whole lines of the last append that reached the file: all of them unless it threw.
  package private(set) var linesWritten = 0

  /// How much of the end of a file is looked at; no line of ours is that long.
  private static let tailBytes = 64 << 10

  /// Opens or makes a regular file, 0640 at most. Symbolic links are refused.
  package init(path: String) throws(StateError) {
    descriptor = try SystemCall.openFile(path, O_RDWR | O_APPEND | O_CREAT, 0o640)
    isOwned = true
    // What cannot be read is taken for torn: an empty line does no harm.
    isTorn = (try? tail()).map { !$0.isEmpty && $0.last != UInt8(ascii: "\n") } ?? true
  }

  /// The last 64 KiB of the file; nothing for a borrowed descriptor.
  package func tail() throws(StateError) -> [UInt8] {
    guard isOwned else { return [] }
    let size = try SystemCall.size(descriptor)
    var tail = [UInt8](repeating: 0, count: min(size, Self.tailBytes))
    guard !tail.isEmpty else { return [] }
    let count = try SystemCall.read(descriptor, into: &tail, at: size - tail.count)
    return Array(tail[..<count])
  }

  /// Writes to a descriptor that stays the caller's.
  package init(borrowing descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  deinit { if isOwned { SystemCall.close(descriptor) } }

  /// Appends lines, each with its newline, in one write; what a short write leaves over follows at once.
  ///
  /// After a failure inside a line the next call ends that line first, so that no event runs into another.
  package mutating func append(_ lines: [UInt8]) throws(StateError) {
    let text = isTorn ? [UInt8(ascii: "\n")] + lines : lines
    let extra = isTorn ? 1 : 0
    var done = 0
    defer { linesWritten = text[..<done].dropFirst(extra).count { $0 == UInt8(ascii: "\n") } }
    do throws(StateError) {
      while done < text.count { done += try SystemCall.append(descriptor, text[done...]) }
      isTorn = false
    } catch {
      if done > 0 { isTorn = text[done - 1] != UInt8(ascii: "\n") }
      throw error
    }
  }
}
