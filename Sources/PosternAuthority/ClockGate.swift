// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// When this release was made: no honest clock stands before it.
package enum ReleaseTime {
  /// 2026-11-23T00:00:00Z.
  package static let moment = Timestamp(seconds: 1_795_392_000)
}

/// Whether the wall clock can be believed; while it cannot, every knock is refused.
package struct ClockGate: Hashable, Sendable {
  /// How far the clock may step back: less than it takes to make a recorded knock fresh again.
  package static let tolerance = Timestamp.Span.seconds(15)

  /// Believe the clock without the kernel's word.
  package let isTrusted: Bool
  /// What the kernel last said of the clock (adjtimex).
  package var isSynchronised = false
  /// The latest moment that a believed clock has shown, over restarts.
  package private(set) var latest: Timestamp
  /// No honest clock stands before it.
  private let earliest: Timestamp

  package init(isTrusted: Bool, latest: Timestamp, earliest: Timestamp = ReleaseTime.moment) {
    self.isTrusted = isTrusted
    self.latest = latest
    self.earliest = earliest
  }

  package func isOpen(at now: Timestamp) -> Bool {
    (isTrusted || isSynchronised) && now >= earliest && now >= latest - Self.tolerance
  }

  /// Moves `latest` on, or refuses with `clockClosed`. A clock that is not believed moves nothing: one that runs ahead would
  /// otherwise keep the gate closed once it is right again.
  package mutating func pass(at now: Timestamp) throws(Denial) {
    guard isOpen(at: now) else { throw .clockClosed }
    latest = max(latest, now)
  }
}
