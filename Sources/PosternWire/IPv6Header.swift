// SPDX-License-Identifier: Apache-2.0

/// The header of an IPv6 packet (RFC 8200) and the walk over its extension headers.
///
/// Every fragment header is refused, also that of an atomic fragment: no knock is long enough to need one.
package struct IPv6Header: Hashable, Sendable {
  package static let length = 40
  /// No honest sender comes near; the bound keeps the work per packet constant.
  package static let maximumExtensions = 8

  /// The fixed header and all extension headers.
  package let headerLength: Int
  package let totalLength: Int
  package let trafficClass: UInt8
  package let flowLabel: UInt32
  package let hopLimit: UInt8
  package let transportProtocol: UInt8
  package let source: IPv6Address
  package let destination: IPv6Address

  /// Bytes behind the payload length (padding of the link) are not the packet's and may be anything.
  package init(_ packet: RawSpan) throws(PacketFlaw) {
    guard packet.byteCount >= Self.length, packet.byte(0) >> 4 == 6 else { throw .malformed }
    totalLength = Self.length + Int(packet.u16(at: 4))
    guard totalLength <= packet.byteCount else { throw .malformed }
    let word = packet.u32(at: 0)
    trafficClass = UInt8(truncatingIfNeeded: word >> 20)
    flowLabel = word & 0xf_ffff
    hopLimit = packet.byte(7)
    source = IPv6Address(Bytes16(packet, at: 8))
    destination = IPv6Address(Bytes16(packet, at: 24))
    (transportProtocol, headerLength) = try Self.walk(packet.extracting(first: totalLength))
  }

  private static func walk(_ packet: RawSpan) throws(PacketFlaw) -> (transportProtocol: UInt8, offset: Int) {
    var next = packet.byte(6)
    var offset = length
    for position in 0...maximumExtensions {
      guard let kind = Extension(rawValue: next) else { return (next, offset) }
      guard position < maximumExtensions else { break }
      let size = try kind.size(packet.extracting(droppingFirst: offset), isFirst: position == 0)
      next = packet.byte(offset)
      offset += size
    }
    throw .malformed
  }

  var pseudoHeader: InternetChecksum {
    var sum = InternetChecksum()
    sum.add(source.bytes)
    sum.add(destination.bytes)
    sum.add(UInt16(transportProtocol))
    sum.add(UInt32(truncatingIfNeeded: totalLength - headerLength))
    return sum
  }
}

extension IPv6Header {
  /// The extension headers that stand before a transport header (IANA protocol numbers).
  package enum Extension: UInt8, Hashable, Sendable, CaseIterable {
    case hopByHop = 0
    case routing = 43
    case fragment = 44
    case authentication = 51
    case destinationOptions = 60

    /// The bytes that the header at the start of `rest` takes.
    fileprivate func size(_ rest: RawSpan, isFirst: Bool) throws(PacketFlaw) -> Int {
      switch self {
      case .fragment: throw .fragment
      case .authentication: throw .transport
      case .hopByHop: guard isFirst else { throw .malformed }  // RFC 8200 section 4.1
      case .routing, .destinationOptions: break
      }
      guard rest.byteCount >= 8 else { throw .malformed }
      let size = 8 + Int(rest.byte(1)) * 8
      guard size <= rest.byteCount else { throw .malformed }
      // with segments left this host is not the destination, and the checksum names another address
      guard self != .routing || rest.byte(3) == 0 else { throw .malformed }
      return size
    }
  }
}
