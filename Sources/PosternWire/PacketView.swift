// SPDX-License-Identifier: Apache-2.0

/// One captured packet, read from its IP header on: checked headers as values, everything else borrowed.
///
/// Refuses fragments, lengths that lie, checksums that are wrong and transports other than UDP, TCP and ICMP. Allocates nothing.
package struct PacketView: ~Escapable {
  package let network: NetworkHeader
  /// IPv4 options, or IPv6 extension headers.
  package let networkOptions: RawSpan
  package let transport: TransportHeader
  /// TCP options; empty for the others.
  package let transportOptions: RawSpan
  /// The data behind the transport header, without the padding of the link.
  package let payload: RawSpan

  @_lifetime(copy packet)
  package init(_ packet: RawSpan, _ checksums: ChecksumRule = .strict) throws(PacketFlaw) {
    network = try NetworkHeader(packet)
    let segment = packet.extracting(network.segment)
    transport = try TransportHeader(segment, behind: network, checksums)
    networkOptions = packet.extracting(network.options)
    transportOptions = segment.extracting(transport.optionsOffset..<transport.headerLength)
    payload = segment.extracting(droppingFirst: transport.headerLength)
  }

  package var source: IPAddress { network.source }
  package var destination: IPAddress { network.destination }
}
