// SPDX-License-Identifier: Apache-2.0

/// What one operation costs, beside what it may cost.
package struct MicroFigure: Hashable, Sendable {
  package let name: String
  /// One operation.
  package let nanoseconds: Double
  package let operations: Int
  /// All operations together.
  package let counts: RuntimeCounts
  package let limit: MicroLimit
  /// Nanoseconds of what the limit of time is a multiple of.
  package let yardstick: Double

  package init(
    _ name: String, nanoseconds: Double, operations: Int, counts: RuntimeCounts, limit: MicroLimit, yardstick: Double
  ) {
    self.name = name
    self.nanoseconds = nanoseconds
    self.operations = operations
    self.counts = counts
    self.limit = limit
    self.yardstick = yardstick
  }

  package var isMet: Bool {
    nanoseconds <= limit.time * yardstick && each(counts.allocations) <= limit.allocations
      && each(counts.retains) <= limit.references && each(counts.releases) <= limit.references
  }

  private func each(_ count: Int) -> Double { Double(count) / Double(operations) }
}

extension MicroFigure: CustomStringConvertible {
  package var description: String {
    "[\(isMet ? "ok" : "no")] \(name): \(Self.number(nanoseconds)) ns, at most \(Self.number(limit.time)) \(limit.yardstick.rawValue) "
      + "(\(Self.number(limit.time * yardstick)) ns); allocations \(Self.number(each(counts.allocations))), at most "
      + "\(Self.number(limit.allocations)); retains \(Self.number(each(counts.retains))), releases "
      + "\(Self.number(each(counts.releases))), at most \(Self.number(limit.references))"
  }

  /// Never less than it is: one allocation in a thousand operations shows.
  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded(.up))
    guard value < 100, !hundredths.isMultiple(of: 100) else { return String(Int(value.rounded(.up))) }
    let part = hundredths % 100
    return "\(hundredths / 100).\(part < 10 ? "0" : "")\(part)"
  }
}
