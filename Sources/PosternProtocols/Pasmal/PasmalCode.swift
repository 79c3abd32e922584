// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A one-time code as the data of a datagram: six to nine decimal digits in ASCII and nothing else.
enum PasmalCode {
  private static let lengths = 6...9

  static func read(_ payload: RawSpan) -> UInt32? {
    guard lengths.contains(payload.byteCount) else { return nil }
    var code: UInt32 = 0
    for offset in 0..<payload.byteCount {
      let digit = payload.byte(offset)
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      code = code * 10 + UInt32(digit - UInt8(ascii: "0"))
    }
    return code
  }

  /// With leading zeros.
  static func digits(_ code: UInt32, count: Int) -> [UInt8] {
    let digits = Array(String(code).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: max(0, count - digits.count)) + digits
  }
}
