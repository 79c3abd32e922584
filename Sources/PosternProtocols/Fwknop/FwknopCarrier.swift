// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// What may carry an fwknop text: UDP, an echo request or reply, the SYN that opens a TCP flow, a later segment of one.
///
/// Ports, identifiers, sequence numbers, ICMP codes and options mean nothing. The client's ICMP form is an echo reply unless it is told
/// otherwise, its raw TCP form a SYN with data, its other two TCP forms the first data of a flow.
enum FwknopCarrier: Hashable, CaseIterable {
  case udp
  case echo
  case syn
  case segment

  /// Nil for a packet that carries no knock, whatever its data.
  init?(_ packet: borrowing PacketView) {
    switch packet.transport {
    case .udp: self = .udp
    case .tcp(let header):
      guard let carrier = Self(header.flags) else { return nil }
      self = carrier
    case .icmp(let header):
      guard Self.echoTypes(packet.network.family).contains(header.type) else { return nil }
      self = .echo
    }
  }

  /// A reset carries no data for anybody, and an answer is not the client's.
  private init?(_ flags: TCPHeader.Flags) {
    switch (flags.contains(.rst), flags.contains(.syn), flags.contains(.ack)) {
    case (false, true, false): self = .syn
    case (false, false, true): self = .segment
    case (false, true, true), (false, false, false), (true, _, _): return nil
    }
  }

  private static func echoTypes(_ family: AddressFamily) -> [UInt8] {
    switch family {
    case .ipv4: [0, 8]  // RFC 792
    case .ipv6: [128, 129]  // RFC 4443
    }
  }
}
