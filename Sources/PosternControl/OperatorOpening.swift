// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A door that an operator opens in a user's name.
package struct OperatorOpening: Hashable, Sendable {
  /// Addresses of one request.
  package static let addressLimit = 8

  package var user: Name
  /// Nil takes the first of the user's keys that is valid.
  package var key: Name?
  package var door: Name
  /// Nil takes the door's default.
  package var seconds: UInt32?
  package var addresses: [IPAddress]

  package init(user: Name, key: Name? = nil, door: Name, seconds: UInt32? = nil, addresses: [IPAddress]) {
    self.user = user
    self.key = key
    self.door = door
    self.seconds = seconds
    self.addresses = addresses
  }
}

/// How much longer a lease shall last.
package enum LeaseExtension: Hashable, Sendable {
  /// So many seconds from now.
  case lasting(UInt32)
  /// So many seconds beyond its present end.
  case added(UInt32)
}
