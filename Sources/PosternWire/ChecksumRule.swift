// SPDX-License-Identifier: Apache-2.0

/// Which checksums a packet may have.
package enum ChecksumRule: Hashable, Sendable {
  /// Those that the RFCs allow.
  case strict
  /// Besides, none at all in a TCP segment: some clients that make their packets themselves leave it out.
  case tcpMayLack
}
