// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where the running program stands.
package enum ExecutablePath {
  /// The directory of the running executable, with a slash at the end; nil where /proc does not tell.
  package static var directory: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let path = buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
    return path.lastIndex(of: UInt8(ascii: "/")).map { String(decoding: path[...$0], as: UTF8.self) }
  }
}
