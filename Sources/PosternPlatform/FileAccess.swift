// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What this process may do with files, asked without touching them: as the effective user, with the capabilities that it has now.
package enum FileAccess {
  /// Why no file can be made in a directory, in the kernel's words; nil when one can.
  package static func trouble(writingInto directory: String) -> String? {
    // With its slash a file in the directory's place is refused.
    denial(directory + "/", W_OK | X_OK)
  }

  /// Why a file can neither be appended to nor be made; nil when it can.
  package static func trouble(appendingTo file: String) -> String? {
    exists(file) ? denial(file, W_OK) : trouble(writingInto: directory(of: file))
  }

  package static func exists(_ path: String) -> Bool { denial(path, F_OK) == nil }

  /// The directory of an absolute path.
  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func denial(_ path: String, _ mode: CInt) -> String? {
    guard unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 else { return nil }
    return unsafe String(cString: strerror(errno))
  }
}
