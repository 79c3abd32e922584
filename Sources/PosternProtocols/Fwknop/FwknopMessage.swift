// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The plain text of a packet, decoded: who, when, what for, from where.
///
/// Stricter than fwknop's own library wherever no client depends on it: every number and every address has exactly one text, base64 has no
/// spare bits, and nothing is cut at a NUL.
package struct FwknopMessage: Hashable, Sendable {
  package static let longestTimeout: UInt32 = 65_536

  package let kind: FwknopKind
  package let user: String
  /// Seconds since 1970.
  package let seconds: UInt64
  package let version: String
  /// Zero asks for the address that the packet came from.
  package let address: IPv4Address
  package let wish: FwknopWish
  /// Present exactly where ``kind`` has one.
  package let target: FwknopTarget?
  /// Seconds; zero where none is asked for.
  package let timeout: UInt32

  package init(
    kind: FwknopKind, user: String, seconds: UInt64, version: String, address: IPv4Address, wish: FwknopWish,
    target: FwknopTarget?, timeout: UInt32
  ) {
    self.kind = kind
    self.user = user
    self.seconds = seconds
    self.version = version
    self.address = address
    self.wish = wish
    self.target = target
    self.timeout = timeout
  }
}
