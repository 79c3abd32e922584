// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

/// Why a set cannot be a door's; the text tells the operator what to declare instead.
package enum SetMisfit: Error, Hashable, Sendable {
  case key(SetKeyType, AddressFamily)
  /// The configuration says of which parts the key is.
  case otherKey(SetKeyType, configured: [KeyField])
  case keyLength(SetKeyType, UInt32)
  case noTimeouts
  case interval
  case map
  case noMap
  /// The configuration says what the map's elements lead to.
  case data(SetKeyType, configured: SetKeyType)
}

extension SetMisfit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .key(let type, let family):
      "its key is \(type), and a door's is made of \(Self.address(family)) (the source's, and perhaps the destination's), "
        + "inet_proto and inet_service (the port's, and perhaps the source port's before it)"
    case .otherKey(let type, let fields):
      "its key is \(type), and the configuration says \(fields.map(\.description).joined(separator: " . "))"
    case .keyLength(let type, let length): "its key of \(length) bytes is not \(type) as nft lays it out"
    case .noTimeouts: "it has no `flags timeout`: leases could not end"
    case .interval: "it has `flags interval`: ended leases would keep their room; declare a plain set"
    case .map: "it is a map, and the door needs a set"
    case .noMap: "it is no map of values, and \"forward\" needs one"
    case .data(let type, let configured): "its elements lead to \(type), and the target in the configuration is \(configured)"
    }
  }

  private static func address(_ family: AddressFamily) -> String {
    switch family {
    case .ipv4: "ipv4_addr"
    case .ipv6: "ipv6_addr"
    }
  }
}
