// SPDX-License-Identifier: Apache-2.0

/// The header of an IPv4 packet (RFC 791), checked: lengths agree with the bytes, its checksum is right, it is no fragment.
package struct IPv4Header: Hashable, Sendable {
  package static let minimumLength = 20

  package let headerLength: Int
  package let totalLength: Int
  package let typeOfService: UInt8
  package let dontFragment: Bool
  /// The first of the three flags, which must be zero.
  package let hasReservedBit: Bool
  package let identification: UInt16
  package let timeToLive: UInt8
  package let transportProtocol: UInt8
  package let source: IPv4Address
  package let destination: IPv4Address

  /// Bytes behind the total length (padding of the link) are not the packet's and may be anything.
  package init(_ packet: RawSpan) throws(PacketFlaw) {
    guard packet.byteCount >= Self.minimumLength, packet.byte(0) >> 4 == 4 else { throw .malformed }
    headerLength = Int(packet.byte(0) & 15) * 4
    totalLength = Int(packet.u16(at: 2))
    guard headerLength >= Self.minimumLength, headerLength <= totalLength, totalLength <= packet.byteCount else {
      throw .malformed
    }
    var sum = InternetChecksum()
    sum.add(packet.extracting(first: headerLength))
    guard sum.folded == 0xffff else { throw .checksum }
    // "more fragments" and the offset; "don't fragment" and the reserved bit may be anything
    guard packet.u16(at: 6) & 0x3fff == 0 else { throw .fragment }
    typeOfService = packet.byte(1)
    dontFragment = packet.u16(at: 6) & 0x4000 != 0
    hasReservedBit = packet.u16(at: 6) & 0x8000 != 0
    identification = packet.u16(at: 4)
    timeToLive = packet.byte(8)
    transportProtocol = packet.byte(9)
    source = IPv4Address(packet.u32(at: 12))
    destination = IPv4Address(packet.u32(at: 16))
  }

  var pseudoHeader: InternetChecksum {
    var sum = InternetChecksum()
    sum.add(source.value)
    sum.add(destination.value)
    sum.add(UInt16(transportProtocol))
    sum.add(UInt16(truncatingIfNeeded: totalLength - headerLength))
    return sum
  }
}
