// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The executables that stand beside this one.
enum Programs {
  static func path(_ name: String) throws(StartFailure) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let path = buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else {
      throw StartFailure("cannot tell where posternd itself stands", status: ExitStatus.unavailable)
    }
    return String(decoding: path[...slash], as: UTF8.self) + name
  }
}
