// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternKnock
internal import PosternPlatform

/// The time since it was made, by the clock that never goes back.
package struct Stopwatch: Hashable, Sendable {
  private let start = SystemClock.monotonic()

  package init() {}

  package var elapsed: Timestamp.Span { Timestamp.Span(nanoseconds: Int64(clamping: SystemClock.monotonic() - start)) }

  /// Returns at once when that time has passed.
  package func sleep(until moment: Timestamp.Span) {
    while elapsed < moment {
      let rest = moment.nanoseconds - elapsed.nanoseconds
      var time = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(max(rest, 0) % 1_000_000_000))
      _ = unsafe nanosleep(&time, nil)
    }
  }
}
