// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
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

  /// The type of keys of this layout.
  package init(_ layout: SetLayout) {
    number = layout.fields.reduce(0) { $0 << Self.bits | Self.number($1, layout.family) }
  }

  /// The type of a map's data for targets of this form.
  package init(_ form: ForwardTarget.Form, _ family: AddressFamily) {
    let address = Self.number(.sourceAddress, family)
    switch form {
    case .address: number = address
    case .addressAndPort: number = address << Self.bits | Self.inetService
    case .port: number = Self.inetService
    }
  }

  private static func number(_ field: KeyField, _ family: AddressFamily) -> UInt32 {
    switch field {
    case .sourceAddress, .destinationAddress: family == .ipv4 ? ipv4Address : ipv6Address
    case .transport: inetProtocol
    case .port, .sourcePort: inetService
    }
  }

  /// The parts as a door reads them: the first address is the source, the second the destination; of two services the first is the
  /// source port, and one alone is the destination port.
  /// Nil for parts that no door fills, among them addresses of the other family.
  package func fields(_ family: AddressFamily) -> [KeyField]? {
    var fields: [KeyField] = []
    let services = parts.count { $0 == Self.inetService }
    for part in parts {
      switch part {
      case Self.number(.sourceAddress, family):
        fields.append(fields.contains(.sourceAddress) ? .destinationAddress : .sourceAddress)
      case Self.inetProtocol: fields.append(.transport)
      case Self.inetService: fields.append(services == 2 && !fields.contains(.sourcePort) ? .sourcePort : .port)
      default: return nil
      }
    }
    return fields
  }

  /// The numbers of the parts in their order; a single zero for a type that nft did not set.
  private var parts: [UInt32] {
    var parts: [UInt32] = []
    var rest = number
    repeat {
      parts.insert(rest & (1 << Self.bits - 1), at: 0)
      rest >>= Self.bits
    } while rest != 0
    return parts
  }
}

extension SetKeyType: CustomStringConvertible {
  /// As nft writes it, for the types that an operator is likely to have taken.
  package var description: String { parts.map(Self.name).joined(separator: " . ") }

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
