// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Standard error, a line in one write: lines of several processes do not mix.
package enum StandardError {
  package static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }
}
