// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// What a knock of a client key does, whatever it says itself.
package enum Deed: Hashable, Sendable {
  /// What the knock asks for; an open where its protocol has no words for anything.
  case asAsked
  /// Closes the user's leases for the address.
  case close
  /// Bans the address: opens a door whose sets a rule drops by.
  case ban
  /// Starts an action, by its position in the tables.
  case run(Int)
}

extension Deed {
  init(_ reader: inout WireReader, actions: Int) throws(WireError) {
    switch try reader.u8() {
    case 0: self = .asAsked
    case 1: self = .close
    case 2: self = .ban
    case 3: self = .run(try reader.index(below: actions))
    default: throw .malformed
    }
  }

  func put(to writer: inout WireWriter) {
    switch self {
    case .asAsked: writer.u8(0)
    case .close: writer.u8(1)
    case .ban: writer.u8(2)
    case .run(let action):
      writer.u8(3)
      writer.index(action)
    }
  }
}
