// SPDX-License-Identifier: Apache-2.0

/// The protocols over IP that a door can name (IANA protocol numbers), by nft's words for them.
package enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case icmp = 1
  case tcp = 6
  case udp = 17
  case dccp = 33
  case gre = 47
  case esp = 50
  case ah = 51
  case icmpv6 = 58
  case sctp = 132
  case udplite = 136

  package var hasPorts: Bool {
    switch self {
    case .tcp, .udp, .dccp, .sctp, .udplite: true
    case .icmp, .gre, .esp, .ah, .icmpv6: false
    }
  }

  /// Whether packets of this family carry it.
  package func runs(over family: AddressFamily) -> Bool {
    switch self {
    case .icmp: family == .ipv4
    case .icmpv6: family == .ipv6
    case .tcp, .udp, .dccp, .gre, .esp, .ah, .sctp, .udplite: true
    }
  }

  package var description: String {
    switch self {
    case .icmp: "icmp"
    case .tcp: "tcp"
    case .udp: "udp"
    case .dccp: "dccp"
    case .gre: "gre"
    case .esp: "esp"
    case .ah: "ah"
    case .icmpv6: "icmpv6"
    case .sctp: "sctp"
    case .udplite: "udplite"
    }
  }
}
