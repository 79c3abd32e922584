// SPDX-License-Identifier: Apache-2.0

/// A transport port, 1...65535.
package struct Port: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let number: UInt16

  /// Nil for zero, which no flow uses.
  package init?(_ number: UInt16) {
    guard number != 0 else { return nil }
    self.number = number
  }

  /// The last of them, for where a port must stand and none is meant.
  package static let last = Port(bits: .max)

  private init(bits: UInt16) { number = bits }

  /// Decimal digits and nothing else.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(text) else { return nil }
    self.init(number)
  }

  package var description: String { String(number) }

  package static func < (left: Port, right: Port) -> Bool { left.number < right.number }
}
