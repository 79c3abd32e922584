// SPDX-License-Identifier: Apache-2.0

/// The header behind IP, its checksum accepted.
///
/// Accepted is a right checksum, and an unfinished one: local and virtual links hand packets on with only the folded
/// pseudo-header sum in the field, because the last step is the network card's (CHECKSUM_PARTIAL of linux/skbuff.h).
package enum TransportHeader: Hashable, Sendable {
  case udp(UDPHeader)
  case tcp(TCPHeader)
  case icmp(ICMPHeader)

  init(_ segment: RawSpan, behind network: NetworkHeader, _ checksums: ChecksumRule) throws(PacketFlaw) {
    switch (network.transportProtocol, network.family) {
    case (17, _): self = .udp(try Self.udp(segment, network))
    case (6, _): self = .tcp(try Self.tcp(segment, network, checksums))
    case (1, .ipv4), (58, .ipv6): self = .icmp(try Self.icmp(segment, network))
    default: throw .transport
    }
  }

  /// Zero for a message without ports.
  package var sourcePort: UInt16 {
    switch self {
    case .udp(let header): header.sourcePort
    case .tcp(let header): header.sourcePort
    case .icmp: 0
    }
  }

  /// Zero for a message without ports.
  package var destinationPort: UInt16 {
    switch self {
    case .udp(let header): header.destinationPort
    case .tcp(let header): header.destinationPort
    case .icmp: 0
    }
  }

  /// Where options end and data starts.
  var headerLength: Int {
    switch self {
    case .udp: UDPHeader.length
    case .tcp(let header): header.headerLength
    case .icmp: ICMPHeader.length
    }
  }

  /// Where TCP options start; the same as ``headerLength`` for the others.
  var optionsOffset: Int {
    switch self {
    case .udp, .icmp: headerLength
    case .tcp: TCPHeader.minimumLength
    }
  }

  private static func udp(_ segment: RawSpan, _ network: NetworkHeader) throws(PacketFlaw) -> UDPHeader {
    let header = try UDPHeader(segment)
    if header.checksum == 0 {
      // RFC 768 lets a sender leave it out, RFC 8200 section 8.1 does not
      guard network.family == .ipv4 else { throw .checksum }
    } else {
      try verify(segment, field: UDPHeader.checksumOffset, network.pseudoHeader)
    }
    return header
  }

  private static func tcp(
    _ segment: RawSpan, _ network: NetworkHeader, _ checksums: ChecksumRule
  ) throws(PacketFlaw) -> TCPHeader {
    let header = try TCPHeader(segment)
    if checksums == .tcpMayLack, segment.u16(at: TCPHeader.checksumOffset) == 0 { return header }
    try verify(segment, field: TCPHeader.checksumOffset, network.pseudoHeader)
    return header
  }

  private static func icmp(_ segment: RawSpan, _ network: NetworkHeader) throws(PacketFlaw) -> ICMPHeader {
    let header = try ICMPHeader(segment)
    switch network {
    case .v4: try verify(segment)
    case .v6(let ip): try verify(segment, field: ICMPHeader.checksumOffset, ip.pseudoHeader)
    }
    return header
  }

  private static func verify(_ segment: RawSpan, field: Int, _ pseudoHeader: InternetChecksum) throws(PacketFlaw) {
    guard segment.u16(at: field) != pseudoHeader.folded else { return }
    try verify(segment, from: pseudoHeader)
  }

  private static func verify(_ segment: RawSpan, from start: InternetChecksum = InternetChecksum()) throws(PacketFlaw) {
    var sum = start
    sum.add(segment)
    guard sum.folded == 0xffff else { throw .checksum }
  }
}
