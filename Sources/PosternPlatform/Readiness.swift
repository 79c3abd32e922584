// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Waiting for one descriptor, for programs without an event loop.
package enum Readiness {
  /// Whether there is something to read within that time.
  package static func hasInput(_ number: CInt, milliseconds: CInt) -> Bool {
    var polled = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&polled, 1, milliseconds) > 0
  }
}
