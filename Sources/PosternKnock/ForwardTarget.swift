// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What an element of a map leads to: a host, a host's port, or another port of this host.
package enum ForwardTarget: Hashable, Sendable {
  case host(IPAddress)
  case service(IPAddress, Port)
  case port(Port)

  /// How the data of a map is made.
  package enum Form: Hashable, Sendable {
    case address
    case addressAndPort
    case port
  }

  package var form: Form {
    switch self {
    case .host: .address
    case .service: .addressAndPort
    case .port: .port
    }
  }

  /// Nil where flows stay on this host.
  package var address: IPAddress? {
    switch self {
    case .host(let address), .service(let address, _): address
    case .port: nil
    }
  }

  /// Nil where flows keep the port that they came for.
  package var port: Port? {
    switch self {
    case .host: nil
    case .service(_, let port), .port(let port): port
    }
  }

  /// Whether flows that come for `service` end up where `target` names a host and its port, or a port of this host.
  package func leads(_ service: Service, to target: ForwardTarget) -> Bool {
    guard case .host(let host) = self, let port = service.port else { return self == target }
    return self == target || .service(host, port) == target
  }
}

extension ForwardTarget: CustomStringConvertible {
  /// `10.0.0.5`, `10.0.0.5:22`, `[fd00::5]:22` or `:2222`.
  package var description: String {
    switch self {
    case .host(let address): address.description
    case .service(.v4(let address), let port): "\(address):\(port)"
    case .service(.v6(let address), let port): "[\(address)]:\(port)"
    case .port(let port): ":\(port)"
    }
  }

  package init?(_ text: some StringProtocol) {
    if let address = IPAddress(text) {
      self = .host(address)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Port(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon]
    guard !host.isEmpty else {
      self = .port(port)
      return
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    guard let address = IPAddress(isBracketed ? host.dropFirst().dropLast() : host),
      isBracketed == (address.family == .ipv6)
    else { return nil }
    self = .service(address, port)
  }

  /// As nft writes the data of such an element: `10.0.0.5 . 22`.
  package var nft: String { [address?.description, port?.description].compactMap { $0 }.joined(separator: " . ") }
}
