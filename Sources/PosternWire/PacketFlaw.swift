// SPDX-License-Identifier: Apache-2.0

/// Why a captured packet is not read any further.
package enum PacketFlaw: Error, Hashable, Sendable, CaseIterable {
  /// A length, version or header contradicts the bytes.
  case malformed
  /// A part of a datagram: nothing here puts parts together.
  case fragment
  /// The bytes are not the ones that were sent.
  case checksum
  /// Not UDP, TCP, ICMP or ICMPv6 in clear.
  case transport
}
