// SPDX-License-Identifier: Apache-2.0
internal import PosternTables
internal import PosternWire

extension HeaderField {
  /// The field's value; nil where the packet has no such field.
  func value(in packet: borrowing PacketView) -> UInt32? {
    switch self {
    case .timeToLive, .identification: network(packet.network)
    case .dataLength: UInt32(packet.payload.byteCount)
    case .sourcePort, .port, .sequence, .acknowledgement, .window, .urgentPointer, .icmpType, .icmpCode, .icmpIdentifier,
      .icmpSequence:
      transport(packet.transport)
    }
  }

  private func network(_ header: NetworkHeader) -> UInt32? {
    switch (self, header) {
    case (.timeToLive, .v4(let header)): UInt32(header.timeToLive)
    case (.timeToLive, .v6(let header)): UInt32(header.hopLimit)
    case (.identification, .v4(let header)): UInt32(header.identification)
    case (_, _): nil
    }
  }

  private func transport(_ header: TransportHeader) -> UInt32? {
    switch header {
    case .tcp(let header): tcp(header)
    case .udp(let header): udp(header)
    case .icmp(let header): icmp(header)
    }
  }

  private func tcp(_ header: TCPHeader) -> UInt32? {
    switch self {
    case .sourcePort: UInt32(header.sourcePort)
    case .port: UInt32(header.destinationPort)
    case .sequence: header.sequence
    case .acknowledgement: header.acknowledgement
    case .window: UInt32(header.window)
    case .urgentPointer: UInt32(header.urgentPointer)
    case .timeToLive, .identification, .icmpType, .icmpCode, .icmpIdentifier, .icmpSequence, .dataLength: nil
    }
  }

  private func udp(_ header: UDPHeader) -> UInt32? {
    switch self {
    case .sourcePort: UInt32(header.sourcePort)
    case .port: UInt32(header.destinationPort)
    case .timeToLive, .identification, .sequence, .acknowledgement, .window, .urgentPointer, .icmpType, .icmpCode,
      .icmpIdentifier, .icmpSequence, .dataLength:
      nil
    }
  }

  private func icmp(_ header: ICMPHeader) -> UInt32? {
    switch self {
    case .icmpType: UInt32(header.type)
    case .icmpCode: UInt32(header.code)
    case .icmpIdentifier: UInt32(header.identifier)
    case .icmpSequence: UInt32(header.sequence)
    case .timeToLive, .identification, .sourcePort, .port, .sequence, .acknowledgement, .window, .urgentPointer, .dataLength: nil
    }
  }
}
