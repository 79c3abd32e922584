// SPDX-License-Identifier: Apache-2.0

/// The header of a UDP datagram (RFC 768) that fills its IP packet exactly.
package struct UDPHeader: Hashable, Sendable {
  package static let length = 8
  static let checksumOffset = 6

  package let sourcePort: UInt16
  package let destinationPort: UInt16
  /// Zero over IPv4 means that the sender made none.
  package let checksum: UInt16

  package init(_ segment: RawSpan) throws(PacketFlaw) {
    guard segment.byteCount >= Self.length, Int(segment.u16(at: 4)) == segment.byteCount else { throw .malformed }
    sourcePort = segment.u16(at: 0)
    destinationPort = segment.u16(at: 2)
    checksum = segment.u16(at: Self.checksumOffset)
  }
}
