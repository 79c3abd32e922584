// SPDX-License-Identifier: Apache-2.0

/// What one operation may cost. Counts are of a whole number of operations and so exact; a time is a multiple of what something else
/// takes in the same run, since machines differ.
package struct MicroLimit: Hashable, Sendable {
  package enum Yardstick: String, Hashable, Sendable {
    /// One HMAC-SHA256 over 168 bytes.
    case hmac = "HMAC"
    /// One X25519.
    case curve = "X25519"
  }

  package var allocations: Double
  /// Retains and releases, each.
  package var references: Double
  package var time: Double
  package var yardstick: Yardstick

  /// Without counts nothing is allocated, retained or released.
  package init(_ time: Double, _ yardstick: Yardstick, allocations: Double = 0, references: Double = 0) {
    self.time = time
    self.yardstick = yardstick
    self.allocations = allocations
    self.references = references
  }
}
