// SPDX-License-Identifier: Apache-2.0

/// Whole numbers as C writes them: decimal, octal behind 0, hexadecimal behind 0x, and binary behind 0b.
enum CNumber {
  /// Nil for another form or more than 32 bits hold.
  static func value(_ text: String) -> UInt32? {
    let word = text.trimmed.asciiLowercased
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0", 8)] where word.hasPrefix(prefix) && word.utf8.count > prefix.utf8.count {
      return number(word.dropFirst(prefix.utf8.count), radix)
    }
    return number(word[...], 10)
  }

  private static func number(_ digits: Substring, _ radix: Int) -> UInt32? {
    // A sign is no digit.
    guard digits.utf8.first.map({ (48...57).contains($0) || (97...102).contains($0) }) == true else { return nil }
    return UInt32(digits, radix: radix)
  }
}
