// SPDX-License-Identifier: Apache-2.0

/// How long the knocks of one run took; percentiles by the nearest rank, so each is a time that was measured.
package struct LatencySummary: Hashable, Sendable, CustomStringConvertible {
  package let sent: Int
  private let sorted: [UInt64]

  /// `nanoseconds` has one time for each knock that opened its door.
  package init(sent: Int, nanoseconds: [UInt64]) {
    self.sent = sent
    sorted = nanoseconds.sorted()
  }

  package var missing: Int { sent - sorted.count }

  /// Microseconds, rounded up; zero without any measurement.
  package func percentile(_ percent: Int) -> UInt64 { permille(10 * percent) }

  /// The same in thousandths.
  package func permille(_ part: Int) -> UInt64 {
    guard !sorted.isEmpty else { return 0 }
    let rank = max(1, (sorted.count * part + 999) / 1000)
    return (sorted[min(rank, sorted.count) - 1] + 999) / 1000
  }

  package var description: String {
    "n=\(sent) missing=\(missing) p50_us=\(percentile(50)) p99_us=\(percentile(99)) p999_us=\(permille(999)) max_us=\(percentile(100))"
  }
}
