// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Why a set cannot be a door's; the text tells the operator what to declare instead.
package enum SetMisfit: Error, Hashable, Sendable {
  case key(SetKeyType, wanted: AddressFamily)
  case noTimeouts
  case interval
  case map
}

extension SetMisfit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .key(let type, let family): "its key is \(type), and the door needs \(SetKeyType.door(family))"
    case .noTimeouts: "it has no `flags timeout`: leases could not end"
    case .interval: "it has `flags interval`: ended leases would keep their room; declare a plain set"
    case .map: "it is a map, and the door needs a set"
    }
  }
}
