// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The type of a set's key as nft numbers it: six bits a part, the last part lowest. The kernel only keeps the number.
package struct SetKeyType: Hashable, Sendable {
  package let number: UInt32
  package init(_ number: UInt32) { self.number = number }

  /// TYPE_BITS and the numbers of `enum datatypes` in nft's datatype.h.
  private static let bits: UInt32 = 6
  private static let ipv4Address: UInt32 = 7
  private static let ipv6Address: UInt32 = 8
  private static let inetProtocol: UInt32 = 12
  private static let inetService: UInt32 = 13

  /// `address . inet_proto . inet_service`.
  package static func door(_ family: AddressFamily) -> SetKeyType {
    let address = family == .ipv4 ? ipv4Address : ipv6Address
    return SetKeyType(address << (2 * bits) | inetProtocol << bits | inetService)
  }
}

extension SetKeyType: CustomStringConvertible {
  /// As nft writes it, for the types that an operator is likely to have taken.
  package var description: String {
    var parts: [String] = []
    var rest = number
    repeat {
      parts.insert(Self.name(rest & (1 << Self.bits - 1)), at: 0)
      rest >>= Self.bits
    } while rest != 0
    return parts.joined(separator: " . ")
  }

  private static func name(_ part: UInt32) -> String {
    switch part {
    case ipv4Address: "ipv4_addr"
    case ipv6Address: "ipv6_addr"
    case 9: "ether_addr"
    case inetProtocol: "inet_proto"
    case inetService: "inet_service"
    case 19: "mark"
    case let other: "type \(other)"
    }
  }
}
