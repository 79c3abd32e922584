// SPDX-License-Identifier: Apache-2.0

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, as the wall clock counts them.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var nanoseconds: UInt64
  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }
  package init(seconds: UInt64) { nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue }

  package static let zero = Timestamp(nanoseconds: 0)
  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Saturates at the ends of the range: hostile stamps reach this arithmetic.
  package static func + (left: Timestamp, right: Span) -> Timestamp {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(UInt64(bitPattern: right.nanoseconds))
    if right.nanoseconds >= 0 { return Timestamp(nanoseconds: overflow ? .max : sum) }
    return Timestamp(nanoseconds: overflow ? sum : 0)
  }

  package static func - (left: Timestamp, right: Span) -> Timestamp { left + Span(nanoseconds: 0 &- right.nanoseconds) }

  /// How far `left` lies after `right`; negative when before; saturated at +-292 years.
  package static func - (left: Timestamp, right: Timestamp) -> Span {
    if left >= right { return Span(nanoseconds: Int64(clamping: left.nanoseconds - right.nanoseconds)) }
    return Span(nanoseconds: -Int64(clamping: right.nanoseconds - left.nanoseconds))
  }

  /// A signed length of time in nanoseconds.
  package struct Span: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package static func seconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
    package static func milliseconds(_ count: Int64) -> Span { Span(nanoseconds: count * 1_000_000) }
    package static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
    package static prefix func - (span: Span) -> Span { Span(nanoseconds: 0 &- span.nanoseconds) }
    package var seconds: Double { Double(nanoseconds) / 1e9 }
  }
}
