// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

extension PacketDescription {
  /// Whether a packet has every field as described and data that begins as described.
  package func matches(_ packet: borrowing PacketView) -> Bool {
    matches(packet.transport) && matches(packet.network) && begins(packet.payload)
  }

  private func matches(_ header: TransportHeader) -> Bool {
    switch (transport, header) {
    case (.udp(let source, let destination), .udp(let udp)):
      fits(source, udp.sourcePort) && fits(destination, udp.destinationPort)
    case (.tcp(let wanted), .tcp(let tcp)):
      fits(wanted.source, tcp.sourcePort) && fits(wanted.destination, tcp.destinationPort) && fits(wanted.sequence, tcp.sequence)
        && fits(wanted.acknowledgement, tcp.acknowledgement) && fits(wanted.flags, tcp.flags.rawValue)
    case (.icmp(let wanted), .icmp(let icmp)):
      ICMPHeader.isEcho(icmp.type) && fits(wanted.type, icmp.type) && fits(wanted.code, icmp.code)
        && fits(wanted.identifier, icmp.identifier) && fits(wanted.sequence, icmp.sequence)
    case (.udp, _), (.tcp, _), (.icmp, _): false
    }
  }

  private func matches(_ header: NetworkHeader) -> Bool {
    guard fits(source, header.source), fits(destination, header.destination) else { return false }
    switch header {
    case .v4(let ip):
      return fits(typeOfService, ip.typeOfService) && fits(identification, ip.identification) && fits(hopLimit, ip.timeToLive)
    case .v6(let ip): return fits(typeOfService, ip.trafficClass) && identification == nil && fits(hopLimit, ip.hopLimit)
    }
  }

  private func begins(_ payload: RawSpan) -> Bool {
    guard payload.byteCount >= data.count else { return false }
    for (offset, byte) in data.enumerated() where payload.byte(offset) != byte { return false }
    return true
  }

  private func fits<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted == nil || wanted == value }
}

extension ICMPHeader {
  /// Requests and replies of either family.
  fileprivate static func isEcho(_ type: UInt8) -> Bool { [0, 8, 128, 129].contains(type) }
}
