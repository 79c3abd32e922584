// SPDX-License-Identifier: Apache-2.0

/// A transport port, 1...65535.
package struct Port: Hashable, Sendable, CustomStringConvertible {
  package let number: UInt16

  /// Nil for zero, which no flow uses.
  package init?(_ number: UInt16) {
    guard number != 0 else { return nil }
    self.number = number
  }

  package var description: String { String(number) }
}

/// The transports that a door can name (IANA protocol numbers).
package enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case tcp = 6
  case udp = 17

  package var description: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    }
  }
}

/// A transport and a port, written `tcp/22`.
package struct Service: Hashable, Sendable, CustomStringConvertible {
  package let transport: TransportProtocol
  package let port: Port

  package init(_ transport: TransportProtocol, _ port: Port) {
    self.transport = transport
    self.port = port
  }

  package var description: String { "\(transport)/\(port)" }

  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let transport = TransportProtocol.allCases.first(where: { $0.description == parts[0] }),
      let number = UInt16(parts[1]), let port = Port(number)
    else { return nil }
    self.init(transport, port)
  }
}
