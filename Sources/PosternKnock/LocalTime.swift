// SPDX-License-Identifier: Apache-2.0

/// How far the clocks of a place stand from UTC, now and after each change that is known to come.
package struct LocalTime: Hashable, Sendable {
  /// From `at` on, in seconds since 1970, local time is UTC plus `offset` seconds.
  package struct Change: Hashable, Sendable {
    package var at: UInt64
    package var offset: Int32

    package init(at: UInt64, offset: Int32) {
      self.at = at
      self.offset = offset
    }
  }

  /// More than the rules of any place make in the years that are looked ahead.
  package static let maximumChanges = 256
  /// Seconds; the widest offset of any place is 14 hours (RFC 9636 allows 26).
  package static let offsets: ClosedRange<Int32> = -93_599...93_599

  /// What counts before the first change.
  package let offset: Int32
  package let changes: [Change]
  /// Nothing is known of the time from here on, in seconds since 1970.
  package let end: UInt64

  /// Nil unless the changes are in order, before the end, few enough, and within the possible offsets.
  package init?(offset: Int32, changes: [Change], end: UInt64) {
    let moments = changes.map(\.at) + [end]
    guard changes.count <= Self.maximumChanges, zip(moments, moments.dropFirst()).allSatisfy({ $0 < $1 }),
      ([offset] + changes.map(\.offset)).allSatisfy(Self.offsets.contains)
    else { return nil }
    self.offset = offset
    self.changes = changes
    self.end = end
  }

  /// UTC for as long as clocks count.
  package static let utc = LocalTime(utcUntil: .max)

  private init(utcUntil end: UInt64) {
    offset = 0
    changes = []
    self.end = end
  }

  /// The offset at a moment, and the moment of the next change or the end; nil from the end on.
  func period(at seconds: UInt64) -> (offset: Int32, until: UInt64)? {
    guard seconds < end else { return nil }
    let next = changes.firstIndex { $0.at > seconds } ?? changes.endIndex
    let offset = next == 0 ? self.offset : changes[next - 1].offset
    return (offset, next < changes.count ? changes[next].at : end)
  }
}
