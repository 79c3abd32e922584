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
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 48, let octet = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(octet)
    }
    self.init(value)
  }
}
