// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a client asks for with one knock.
package struct SPARequest: Hashable, Sendable {
  package let action: Knock.Action
  /// Nil asks for the user's default door.
  package let door: Name?
  package let ipv4: AddressClaim<IPv4Address>
  package let ipv6: AddressClaim<IPv6Address>
  /// Seconds; zero asks for the door's default.
  package let wishedLease: UInt32
  package let totp: UInt32?
  /// max(now, last + 1): no two knocks of a key may share one.
  package var stamp: Timestamp

  /// Nil for what every gate refuses: an open without an address, a code of more than six digits.
  package init?(
    action: Knock.Action, door: Name?, ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>, wishedLease: UInt32,
    stamp: Timestamp, totp: UInt32?
  ) {
    guard action == .close || ipv4 != .none || ipv6 != .none, totp ?? 0 <= SPAPayload.largestTOTP else { return nil }
    self.action = action
    self.door = door
    self.ipv4 = ipv4
    self.ipv6 = ipv6
    self.wishedLease = wishedLease
    self.totp = totp
    self.stamp = stamp
  }
}
