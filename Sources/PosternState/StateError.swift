// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why state could not be read or written.
package enum StateError: Error, Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case open, stat, read, write, allocate, truncate, lock, rename
  }

  /// The kernel refused; the number is `errno`.
  case failed(Operation, errno: Int32)
  /// What the path names is not a regular file.
  case notARegularFile
  /// The ring file has no layout's length: the keeper has not prepared it.
  case notPrepared
  /// Another daemon works with it.
  case inUse
  /// The boot id does not read as one.
  case noBootID
}

extension StateError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .failed(let operation, let code): "\(operation.rawValue): \(unsafe String(cString: strerror(code)))"
    case .notARegularFile: "not a regular file"
    case .notPrepared: "the replay ring has no ring's length"
    case .inUse: "another posternd works with this replay ring"
    case .noBootID: "the kernel names no boot id"
    }
  }
}
