// SPDX-License-Identifier: Apache-2.0

/// A wished lease as people write it: a number and one unit, `30s`, `5m`, `1h`, `1d`.
package enum LeaseText {
  /// Nil for another form, zero, or more than 32 bits hold.
  package static func seconds(_ text: some StringProtocol) -> UInt32? {
    guard let unit = text.last.flatMap(unit), let count = UInt32(digits: text.dropLast()), count > 0 else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : seconds
  }

  private static func unit(_ suffix: Character) -> UInt32? {
    switch suffix {
    case "s": 1
    case "m": 60
    case "h": 3600
    case "d": 86_400
    default: nil
    }
  }
}

extension FixedWidthInteger {
  /// Decimal digits and nothing else: no sign, unlike the standard initialiser.
  init?(digits: some StringProtocol) {
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.init(digits)
  }
}
