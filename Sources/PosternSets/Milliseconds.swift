// SPDX-License-Identifier: Apache-2.0

/// The timeout of an element, never zero: the kernel takes zero as the set's default, and where there is none as "for ever".
package struct Milliseconds: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest that the kernel accepts (`nf_msecs_to_jiffies64`: less than 2^64 ns), about 584 years.
  package static let longest = Milliseconds(checked: UInt64.max / 1_000_000 - 1)

  package let count: UInt64

  /// Nil for zero and for more than ``longest``.
  package init?(_ count: UInt64) {
    guard count > 0, count <= Self.longest.count else { return nil }
    self.count = count
  }

  /// Nil for zero.
  package init?(seconds: UInt32) { self.init(UInt64(seconds) * 1000) }

  private init(checked count: UInt64) { self.count = count }

  package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }
  package var description: String { "\(count) ms" }
}
