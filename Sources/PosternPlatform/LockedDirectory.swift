// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A directory that this process alone works on, as long as the value lives and all others ask for the lock too (flock(2)).
package struct LockedDirectory: ~Copyable {
  private let descriptor: OwnedDescriptor

  /// Makes the directory where it is missing, 0700; its parent has to be there. EWOULDBLOCK while somebody else has it.
  package init(_ path: String) throws(PlatformError) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw PlatformError("make directory", errno) }
    let opened = try OwnedDescriptor("open directory") { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    let number = opened.number
    try SystemCall.value("lock directory") { flock(number, LOCK_EX | LOCK_NB) }
    descriptor = opened
  }
}
