// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// What carries the datagram of a knock to the gateway.
package enum Carrier: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case udp
  /// The data of a TCP SYN that no connection follows; needs CAP_NET_RAW.
  case tcpSyn = "tcp-syn"
  /// The data of an echo request of either family; needs a ping socket or CAP_NET_RAW.
  case icmp

  package static let names = allCases.map(\.rawValue).joined(separator: ", ")

  package var description: String { rawValue }

  /// Sends one datagram whole, over a socket of its own; throws ``ClientError/notPermitted(_:)`` when this user may not.
  package func send(_ datagram: [UInt8], to gateway: SocketAddress) throws(ClientError) {
    switch self {
    case .udp: try UDPSocket(gateway.address.family).send(datagram, to: gateway)
    case .tcpSyn: try SynSocket(to: gateway).send(datagram)
    case .icmp: try EchoSocket(to: gateway).send(datagram)
    }
  }

  /// Where a datagram went, for people.
  package func describe(_ gateway: SocketAddress) -> String {
    switch self {
    case .udp: gateway.description
    case .tcpSyn: "\(gateway) by a SYN"
    case .icmp: "\(gateway.address) by an echo request"
    }
  }
}
