// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// A listening unix socket at a path; the path is removed when the listener ends.
package struct UnixListener: ~Copyable {
  package let descriptor: OwnedDescriptor
  package let path: String

  /// Whom `mode` lets write may connect; `group` replaces the process's own group.
  ///
  /// A socket that a dead process left at the path is replaced; EADDRINUSE when somebody answers there or it is no socket.
  package init(path: String, group: UInt32? = nil, mode: UInt32 = 0o660, backlog: CInt = 16) throws(PlatformError) {
    try Self.removeStale(path)
    let socket = try OwnedDescriptor("create unix socket") { postern_unix_socket(1) }
    let number = socket.number
    try SystemCall.value("bind unix socket") { unsafe postern_unix_bind(number, path) }
    // nobody can connect before listen, so the mode is right in time
    try SystemCall.value("set mode of unix socket") { unsafe chmod(path, mode) }
    if let group { try SystemCall.value("set group of unix socket") { unsafe lchown(path, uid_t.max, group) } }
    try SystemCall.value("listen on unix socket") { listen(number, backlog) }
    descriptor = socket
    self.path = path
  }

  deinit { _ = unsafe unlink(path) }

  /// Lets others connect from now on than before.
  package func setMode(_ mode: UInt32) throws(PlatformError) {
    try SystemCall.value("set mode of unix socket") { unsafe chmod(path, mode) }
  }

  /// The next connection, nil when nobody waits.
  package func accept() throws(PlatformError) -> UnixConnection? {
    let number = descriptor.number
    guard let socket = try SystemCall.valueUnlessBlocked("accept connection", { postern_accept(number) }) else { return nil }
    return try UnixConnection(adopting: OwnedDescriptor(owning: socket))
  }

  private static func removeStale(_ path: String) throws(PlatformError) {
    guard unsafe postern_is_socket(path) == 1 else { return }
    let probe = try OwnedDescriptor("create unix socket") { postern_unix_socket(1) }
    let answer = unsafe postern_unix_connect(probe.number, path)
    guard answer < 0, errno == ECONNREFUSED else { throw PlatformError("replace unix socket", EADDRINUSE) }
    try SystemCall.value("remove stale unix socket") { unsafe unlink(path) }
  }
}
