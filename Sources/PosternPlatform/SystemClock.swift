// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc
package import PosternKnock

/// The clocks of this host; the only place that reads them.
package enum SystemClock {
  /// The wall clock; a time before 1970 reads as zero, which every freshness rule refuses.
  package static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

  /// Nanoseconds since some moment, never going back; stands still while the host sleeps.
  package static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// Whether the kernel says that something disciplines the wall clock (STA_UNSYNC of adjtimex(2) is clear).
  package static var isSynchronised: Bool { postern_clock_is_synchronised() == 1 }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0, time.tv_sec >= 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
