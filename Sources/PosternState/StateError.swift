// SPDX-License-Identifier: Apache-2.0

/// Why state could not be read or written.
package enum StateError: Error, Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case open, stat, read, write, allocate, truncate
  }

  /// The kernel refused; the number is `errno`.
  case failed(Operation, errno: Int32)
  /// What the path names is not a regular file.
  case notARegularFile
  /// The ring file has no layout's length: the keeper has not prepared it.
  case notPrepared
  /// The boot id does not read as one.
  case noBootID
}
