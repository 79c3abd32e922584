// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Sleeps of the calling thread.
enum Pause {
  static func milliseconds(_ count: UInt32) { usleep(count * 1000) }
  static func microseconds(_ count: UInt32) { usleep(count) }
}
