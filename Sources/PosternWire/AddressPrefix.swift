// SPDX-License-Identifier: Apache-2.0

/// A network: an address and how many of its leading bits count.
package struct AddressPrefix: Hashable, Sendable {
  package let address: IPAddress
  package let length: UInt8

  /// Nil when `length` exceeds the family's width or bits beyond it are set: such text is nearly always a mistake.
  package init?(_ address: IPAddress, length: UInt8) {
    guard length <= address.family.width, Self.masked(address, length) == address else { return nil }
    self.address = address
    self.length = length
  }

  /// The network of `length` bits around an address; a length beyond the family's width means the address alone.
  package init(around address: IPAddress, length: UInt8) {
    self.length = min(length, address.family.width)
    self.address = Self.masked(address, self.length)
  }

  package func contains(_ other: IPAddress) -> Bool {
    other.family == address.family && Self.masked(other, length) == address
  }

  /// Whether every address of the other network is in this one.
  package func contains(_ other: AddressPrefix) -> Bool { other.length >= length && contains(other.address) }

  private static func masked(_ address: IPAddress, _ length: UInt8) -> IPAddress {
    switch address {
    case .v4(let v4):
      return .v4(IPv4Address(v4.value & (length == 0 ? 0 : ~UInt32(0) << UInt32(32 - length))))
    case .v6(let v6):
      let high = length >= 64 ? ~0 : length == 0 ? 0 : ~UInt64(0) << UInt64(64 - length)
      let low = length <= 64 ? 0 : ~UInt64(0) << UInt64(128 - UInt64(length))
      return .v6(IPv6Address(high: v6.bytes.high & high, low: v6.bytes.low & low))
    }
  }
}

extension AddressPrefix: CustomStringConvertible {
  package var description: String { "\(address)/\(length)" }

  /// `address/length`, or an address alone for its full width.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self.init(address, length: address.family.width)
      return
    }
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = UInt8(parts[1]) else { return nil }
    self.init(address, length: length)
  }
}
