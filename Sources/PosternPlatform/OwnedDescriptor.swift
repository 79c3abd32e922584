// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file descriptor with one owner, closed when the owner ends.
package struct OwnedDescriptor: ~Copyable {
  package let number: CInt

  /// Takes over an open descriptor that nobody else will close.
  package init(owning number: CInt) { self.number = number }

  /// Takes over what the answer of a call opened.
  init(_ operation: StaticString, _ call: () -> CInt) throws(PlatformError) {
    number = try SystemCall.value(operation, call)
  }

  /// Takes over a descriptor that the parent process gave under a fixed number, and keeps it from children.
  package static func inherited(_ number: CInt) throws(PlatformError) -> OwnedDescriptor {
    try SystemCall.value("inherit descriptor") { fcntl(number, F_SETFD, FD_CLOEXEC) }
    return OwnedDescriptor(owning: number)
  }

  deinit { _ = Glibc.close(number) }

  /// Gives the number away; the caller closes it.
  package consuming func release() -> CInt {
    let number = self.number
    discard self
    return number
  }

  /// Another number for the same open file.
  package func duplicated() throws(PlatformError) -> OwnedDescriptor {
    let number = self.number
    return try OwnedDescriptor("duplicate descriptor") { fcntl(number, F_DUPFD_CLOEXEC, 0) }
  }
}
