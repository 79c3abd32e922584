// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An append-only log of whole lines, in a file or on a descriptor such as standard output.
package struct AuditLog: ~Copyable {
  private let descriptor: Int32
  private let isOwned: Bool
  /// A write broke off inside a line.
  private var isTorn = false

  /// Opens or makes a regular file, 0640 at most. Symbolic links are refused.
  package init(path: String) throws(StateError) {
    descriptor = try SystemCall.openFile(path, O_WRONLY | O_APPEND | O_CREAT, 0o640)
    isOwned = true
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
    var done = 0
    do throws(StateError) {
      while done < text.count { done += try SystemCall.append(descriptor, text[done...]) }
      isTorn = false
    } catch {
      if done > 0 { isTorn = text[done - 1] != UInt8(ascii: "\n") }
      throw error
    }
  }
}
