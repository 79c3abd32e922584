// SPDX-License-Identifier: Apache-2.0

/// Numbers as clients print them: decimal digits without sign, space or leading zeros, so that each number has one text.
enum FwknopDecimal {
  static func value(_ text: some Collection<UInt8>, atMost limit: UInt64) -> UInt64? {
    guard (1...19).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
    var value: UInt64 = 0
    for digit in text {
      guard isDigit(digit) else { return nil }
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
  }

  static func isDigit(_ character: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) }
}
