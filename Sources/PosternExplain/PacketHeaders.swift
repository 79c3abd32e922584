// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What the headers of a packet say: anybody's claim.
package struct PacketHeaders: Hashable, Sendable {
  package enum Transport: String, Hashable, Sendable {
    case udp, tcp, icmp
  }

  package let source: IPAddress
  package let destination: IPAddress
  package let transport: Transport
  /// Zero for a message without ports.
  package let sourcePort: UInt16
  package let destinationPort: UInt16
  /// The bytes behind the headers.
  package let dataCount: Int

  init(_ view: borrowing PacketView) {
    source = view.source
    destination = view.destination
    transport =
      switch view.transport {
      case .udp: .udp
      case .tcp: .tcp
      case .icmp: .icmp
      }
    sourcePort = view.transport.sourcePort
    destinationPort = view.transport.destinationPort
    dataCount = view.payload.byteCount
  }
}
