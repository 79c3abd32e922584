// SPDX-License-Identifier: Apache-2.0
internal import PosternTables
internal import PosternWire

/// What of a packet the steps of a sequence are compared with.
struct KnockdPacket: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case tcp(TCPHeader)
    case udp
    case echo
  }

  let kind: Kind
  /// Zero for an echo request.
  let port: UInt16
  let destination: IPAddress

  /// Nil for an ICMP message that is no echo request.
  init?(_ packet: borrowing PacketView) {
    switch packet.transport {
    case .tcp(let header): kind = .tcp(header)
    case .udp: kind = .udp
    case .icmp(let header):
      guard header.type == ICMPHeader.echoRequest(packet.network.family), header.code == 0 else { return nil }
      kind = .echo
    }
    port = packet.transport.destinationPort
    destination = packet.destination
  }

  func fits(_ step: KnockdStep) -> Bool {
    switch (kind, step) {
    case (.tcp(let header), .tcp(let port, let flags)): port.number == self.port && flags.fits(header.flags)
    case (.udp, .udp(let port)): port.number == self.port
    case (.echo, .echo): true
    case (.tcp, _), (.udp, _), (.echo, _): false
    }
  }

  /// Whether it says anything to an attempt that waits for `step`. Segments with other flags are everyday traffic to the same ports.
  func isLookedAt(by step: KnockdStep, of steps: [KnockdStep]) -> Bool {
    guard case .tcp(let header) = kind else { return true }
    if case .tcp(_, let flags) = step { return flags.fits(header.flags) }
    return steps.contains { if case .tcp(_, let flags) = $0 { flags.fits(header.flags) } else { false } }
  }

  /// What tells a segment from others to the same port, and not from itself sent again; nil for what no kernel sends again.
  var segment: UInt64? {
    guard case .tcp(let header) = kind else { return nil }
    return UInt64(header.sourcePort) << 48 | UInt64(header.destinationPort) << 32 | UInt64(header.sequence)
  }
}
