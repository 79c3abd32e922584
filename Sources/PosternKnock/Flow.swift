// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The way of a flow as its first packet went: who asked whom. A port of a protocol without ports is zero.
package struct FlowTuple: Hashable, Sendable {
  package var source: IPAddress
  package var sourcePort: UInt16
  package var destination: IPAddress
  package var destinationPort: UInt16
  package var transport: TransportProtocol

  package init(
    source: IPAddress, sourcePort: UInt16, destination: IPAddress, destinationPort: UInt16, transport: TransportProtocol
  ) {
    self.source = source
    self.sourcePort = sourcePort
    self.destination = destination
    self.destinationPort = destinationPort
    self.transport = transport
  }
}

extension FlowTuple: CustomStringConvertible {
  /// `tcp 192.0.2.7 port 4000 to 192.0.2.1 port 22`.
  package var description: String {
    guard transport.hasPorts else { return "\(transport) \(source) to \(destination)" }
    return "\(transport) \(source) port \(sourcePort) to \(destination) port \(destinationPort)"
  }
}

/// A flow as connection tracking knows it.
package struct Flow: Hashable, Sendable {
  package var tuple: FlowTuple
  /// Who answers, after any translation of addresses.
  package var server: IPAddress
  package var serverPort: UInt16
  /// CTA_ID: the same as long as the kernel knows the flow.
  package var id: UInt32 = 0
  package var mark: UInt32 = 0
  /// IPS_* of linux/netfilter/nf_conntrack_common.h.
  package var status: UInt32 = 0
  /// TCP_CONNTRACK_* of linux/netfilter/nf_conntrack_tcp.h, where the kernel named one.
  package var tcpState: UInt8?
  /// When it began; nil without `nf_conntrack_timestamp`.
  package var start: Timestamp?
  /// Of both directions together; nil without `nf_conntrack_acct`, and in events that do not count.
  package var packets: UInt64?
  package var bytes: UInt64?

  package init(tuple: FlowTuple, server: IPAddress, serverPort: UInt16) {
    self.tuple = tuple
    self.server = server
    self.serverPort = serverPort
  }

  /// TIME_WAIT and CLOSE: both ends are through with it, whatever connection tracking still waits for.
  package var isOver: Bool { tcpState == 7 || tcpState == 8 }
}

/// How operators name a session: the kernel's number of the flow as eight hexadecimal digits.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt32
  package init(_ value: UInt32) { self.value = value }

  package var description: String { String(Hex.encode(UInt64(value)).suffix(8)) }

  /// Nil unless the text is exactly eight lower-case hexadecimal digits.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let value = UInt32(text, radix: 16)
    else { return nil }
    self.value = value
  }
}
