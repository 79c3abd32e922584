// SPDX-License-Identifier: Apache-2.0

/// Lengths of time as nft(8) writes them: `30s`, `1h30m`, `500ms`, or seconds.
enum NftDuration {
  private static let units: [(suffix: String, milliseconds: UInt64)] = [
    ("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
  ]

  /// Whole seconds, rounded up; nil for another form, zero, or more than 32 bits hold.
  static func seconds(_ text: String) -> UInt32? {
    if text.isDecimal { return UInt32(text).flatMap { $0 == 0 ? nil : $0 } }
    var (rest, sum): (Substring, UInt64) = (text[...], 0)
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      guard let count = UInt32(digits), let unit = units.first(where: { rest.hasPrefix($0.suffix) }) else { return nil }
      rest = rest.dropFirst(unit.suffix.count)
      sum += UInt64(count) * unit.milliseconds
      guard sum < 1 << 42 else { return nil }
    }
    return sum == 0 ? nil : UInt32((sum + 999) / 1000)
  }
}
