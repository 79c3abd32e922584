// SPDX-License-Identifier: Apache-2.0
package import PosternProtocols

/// By what kind of socket a step leaves: the plainest that can bear its fields.
package enum StepRoute: Hashable, Sendable, CaseIterable {
  case datagram
  /// The kernel's own SYN.
  case connect
  case stream
  /// An echo request as ordinary users may send it.
  case ping
  /// A TCP segment of this program.
  case segment
  /// An ICMP message of this program.
  case message
  /// A packet of this program, IP header and all.
  case packet

  package init(_ step: KnockStep) {
    guard step.ip.identification == nil, step.ip.source == nil else {
      self = .packet
      return
    }
    switch step.transport {
    case .udp: self = .datagram
    case .connect: self = .connect
    case .stream: self = .stream
    case .tcp(let fields): self = fields == KnockStep.TCPFields() && step.payload.isEmpty ? .connect : .segment
    case .icmp(let fields): self = fields.type == nil && fields.code == 0 && fields.identifier == nil ? .ping : .message
    }
  }

  /// What somebody needs who is not root, and for what; nil where anybody may.
  var right: (what: String, needs: String)? {
    switch self {
    case .datagram, .connect, .stream: nil
    case .ping: ("an echo request", "CAP_NET_RAW or a group within net.ipv4.ping_group_range")
    case .segment: ("a TCP segment with chosen fields or data", "CAP_NET_RAW")
    case .message: ("an ICMP message with chosen fields", "CAP_NET_RAW")
    case .packet: ("a packet with a chosen IP identification or source", "CAP_NET_RAW")
    }
  }
}
