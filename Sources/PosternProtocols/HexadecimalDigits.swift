// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Which letters count as hexadecimal digits.
enum HexadecimalLetters: Hashable, Sendable {
  case lowerCase
  case anyCase
}

extension RawSpan {
  /// The sixteen bytes that thirty-two digits at `offset` stand for; nil for anything else. The caller has checked the length.
  func hexadecimal16(at offset: Int, _ letters: HexadecimalLetters) -> Bytes16? {
    guard let high = hexadecimal8(at: offset, letters), let low = hexadecimal8(at: offset + 16, letters) else { return nil }
    return Bytes16(high: high, low: low)
  }

  private func hexadecimal8(at offset: Int, _ letters: HexadecimalLetters) -> UInt64? {
    var value: UInt64 = 0
    for place in offset..<offset + 16 {
      guard let digit = byte(place).hexadecimalDigit(letters) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}

extension UInt8 {
  fileprivate func hexadecimalDigit(_ letters: HexadecimalLetters) -> UInt8? {
    switch self {
    case 48...57: self - 48
    case 97...102: self - 87
    case 65...70 where letters == .anyCase: self - 55
    default: nil
    }
  }
}
