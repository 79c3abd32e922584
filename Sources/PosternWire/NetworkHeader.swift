// SPDX-License-Identifier: Apache-2.0

/// The IP header of either family.
package enum NetworkHeader: Hashable, Sendable {
  case v4(IPv4Header)
  case v6(IPv6Header)

  init(_ packet: RawSpan) throws(PacketFlaw) {
    guard !packet.isEmpty else { throw .malformed }
    switch packet.byte(0) >> 4 {
    case 4: self = .v4(try IPv4Header(packet))
    case 6: self = .v6(try IPv6Header(packet))
    default: throw .malformed
    }
  }

  package var source: IPAddress {
    switch self {
    case .v4(let header): .v4(header.source)
    case .v6(let header): .v6(header.source)
    }
  }

  package var destination: IPAddress {
    switch self {
    case .v4(let header): .v4(header.destination)
    case .v6(let header): .v6(header.destination)
    }
  }

  package var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  /// Where the transport header starts, and where the packet ends.
  var segment: Range<Int> {
    switch self {
    case .v4(let header): header.headerLength..<header.totalLength
    case .v6(let header): header.headerLength..<header.totalLength
    }
  }

  /// Where IPv4 options or IPv6 extension headers stand.
  var options: Range<Int> {
    switch self {
    case .v4(let header): IPv4Header.minimumLength..<header.headerLength
    case .v6(let header): IPv6Header.length..<header.headerLength
    }
  }

  var transportProtocol: UInt8 {
    switch self {
    case .v4(let header): header.transportProtocol
    case .v6(let header): header.transportProtocol
    }
  }

  var pseudoHeader: InternetChecksum {
    switch self {
    case .v4(let header): header.pseudoHeader
    case .v6(let header): header.pseudoHeader
    }
  }
}
