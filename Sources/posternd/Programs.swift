// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The executables that stand beside this one.
enum Programs {
  static func path(_ name: String) throws(StartFailure) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { raw in
      unsafe readlink("/proc/self/exe", raw.baseAddress, raw.count)
    }
    guard count > 0, let slash = buffer[..<count].lastIndex(of: UInt8(ascii: "/")) else {
      throw StartFailure("cannot tell where posternd itself stands", status: ExitStatus.unavailable)
    }
    return String(decoding: buffer[...slash], as: UTF8.self) + name
  }
}
