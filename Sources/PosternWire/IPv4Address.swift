// SPDX-License-Identifier: Apache-2.0

/// An IPv4 address (RFC 791), its value in host order.
package struct IPv4Address: Hashable, Sendable {
  package var value: UInt32
  package init(_ value: UInt32) { self.value = value }

  package static let zero = IPv4Address(0)
}

extension IPv4Address: CustomStringConvertible {
  package var description: String {
    "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
  }

  /// Four decimal numbers; leading zeros are refused, since some readers take them as octal.
  package init?(_ text: some StringProtocol) { self.init(ascii: Array(text.utf8)[...]) }

  /// The same of bytes.
  package init?(ascii text: ArraySlice<UInt8>) {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for character in text {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard digits == 0 || octet != 0 else { return nil }
        octet = octet * 10 + UInt32(character - UInt8(ascii: "0"))
        digits += 1
        guard octet <= 255 else { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      default: return nil
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    self.init(value << 8 | octet)
  }
}
