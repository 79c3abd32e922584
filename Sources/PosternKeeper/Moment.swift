// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Now, by both clocks: the wall clock for what people read and for validity, the monotonic one for how long leases last, since
/// that is how the kernel counts an element's timeout.
package struct Moment: Hashable, Sendable {
  package var wall: Timestamp
  /// Nanoseconds of CLOCK_MONOTONIC.
  package var uptime: UInt64

  package init(wall: Timestamp, uptime: UInt64) {
    self.wall = wall
    self.uptime = uptime
  }
}

extension UInt64 {
  /// Milliseconds from `now` to this uptime, rounded down; zero when past.
  func milliseconds(after now: UInt64) -> UInt64 { self > now ? (self - now) / 1_000_000 : 0 }
}
