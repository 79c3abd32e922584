// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// What may carry an `spa` datagram: UDP, the SYN that opens a TCP flow, an ICMP or ICMPv6 echo request.
///
/// Ports, identifiers, sequence numbers and options mean nothing; the data must be the datagram and nothing else.
enum SPACarrier: Hashable, Sendable, CaseIterable {
  case udp
  case syn
  case echoRequest

  /// Nil for a packet that carries no knock, whatever its data.
  init?(_ packet: borrowing PacketView) {
    switch packet.transport {
    case .udp: self = .udp
    case .tcp(let header):
      guard header.flags.opensFlow else { return nil }
      self = .syn
    case .icmp(let header):
      guard header.type == ICMPHeader.echoRequest(packet.network.family), header.code == 0 else { return nil }
      self = .echoRequest
    }
  }
}
