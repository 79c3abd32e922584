// SPDX-License-Identifier: Apache-2.0

/// The unit of a pcapng interface's clock: a power of ten or of two, as if_tsresol writes it.
struct TickResolution: Hashable, Sendable {
  private enum Unit: Hashable, Sendable {
    case decimal(perSecond: UInt64)
    case binary(shift: UInt64)
  }

  private static let binaryFlag: UInt8 = 0x80
  /// Ten to this power is the last that 64 bits hold.
  private static let largestDecimal: UInt8 = 19

  private let unit: Unit

  static let microseconds = TickResolution(unit: .decimal(perSecond: 1_000_000))

  private init(unit: Unit) { self.unit = unit }

  /// Nil for a unit of which 64 bits cannot hold one second.
  init?(_ byte: UInt8) {
    let exponent = byte & ~Self.binaryFlag
    if byte & Self.binaryFlag != 0 {
      guard exponent < 64 else { return nil }
      unit = .binary(shift: UInt64(exponent))
    } else {
      guard exponent <= Self.largestDecimal else { return nil }
      unit = .decimal(perSecond: (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 })
    }
  }

  /// Whole seconds and the nanoseconds beyond them, rounded down.
  func split(_ ticks: UInt64) -> (seconds: UInt64, nanoseconds: UInt64) {
    switch unit {
    case .decimal(let perSecond):
      let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: perSecond)
      return (seconds, Self.scale(rest, by: 1_000_000_000, over: perSecond))
    case .binary(let shift):
      let perSecond = UInt64(1) << shift
      return (ticks >> shift, Self.scale(ticks & (perSecond - 1), by: 1_000_000_000, over: perSecond))
    }
  }

  /// `part` is less than `whole`, so the quotient fits.
  private static func scale(_ part: UInt64, by factor: UInt64, over whole: UInt64) -> UInt64 {
    whole.dividingFullWidth(part.multipliedFullWidth(by: factor)).quotient
  }
}
