// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// One moment to be woken at (timerfd(2), monotonic clock); readable from then until acknowledged, disarmed or armed again.
package struct IntervalTimer: ~Copyable {
  package let descriptor: OwnedDescriptor

  package init() throws(PlatformError) {
    let flags = CInt(TFD_CLOEXEC) | CInt(TFD_NONBLOCK)
    descriptor = try OwnedDescriptor("create timer") { timerfd_create(CLOCK_MONOTONIC, flags) }
  }

  /// Zero fires at once.
  package func arm(after nanoseconds: UInt64) throws(PlatformError) {
    // a time of zero would disarm
    try set(max(nanoseconds, 1))
  }

  package func disarm() throws(PlatformError) { try set(0) }

  /// Whether it has fired since the last call.
  package func acknowledge() throws(PlatformError) -> Bool {
    var expirations: UInt64 = 0
    let number = descriptor.number
    let count = try SystemCall.valueUnlessBlocked("read timer") { unsafe read(number, &expirations, MemoryLayout<UInt64>.size) }
    return count != nil
  }

  private func set(_ nanoseconds: UInt64) throws(PlatformError) {
    var time = itimerspec()
    time.it_value = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    let number = descriptor.number
    try SystemCall.value("set timer") { unsafe timerfd_settime(number, 0, &time, nil) }
  }
}
