// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Lines for the operator on standard error, where a service manager collects them.
enum Notice {
  static func write(_ text: String) {
    let line = Array("posternd: \(text)\n".utf8)
    _ = unsafe line.withUnsafeBytes { raw in unsafe Glibc.write(2, raw.baseAddress, raw.count) }
  }
}
