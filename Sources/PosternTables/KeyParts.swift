// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What one element of a door's set says: the source, and of the rest what the set's key has.
package struct KeyParts: Hashable, Sendable {
  /// The network that the rule's mask leaves; an address alone where it masks nothing.
  package var source: AddressPrefix
  package var destination: IPAddress?
  package var transport: TransportProtocol?
  package var port: Port?
  /// The client's port, where the element admits one flow alone.
  package var sourcePort: Port?

  package init(
    source: AddressPrefix, destination: IPAddress? = nil, transport: TransportProtocol? = nil, port: Port? = nil,
    sourcePort: Port? = nil
  ) {
    self.source = source
    self.destination = destination
    self.transport = transport
    self.port = port
    self.sourcePort = sourcePort
  }
}

extension KeyParts: CustomStringConvertible {
  /// `192.0.2.7 tcp/22`, with a destination `192.0.2.7 to 10.0.0.5 tcp/22`, with a source port `192.0.2.7 port 4000 udp/53`; what the key does not say is left out.
  package var description: String {
    let network = source.length == source.address.family.width ? source.address.description : source.description
    var text = network
    if let sourcePort { text += " port \(sourcePort)" }
    if let destination { text += " to \(destination)" }
    if let service { text += " " + service }
    return text
  }

  private var service: String? {
    guard let port else { return transport?.description }
    return transport.map { "\($0)/\(port)" } ?? "port \(port)"
  }
}

extension KeyParts {
  /// As nft writes such an element: `192.0.2.7 . tcp . 22`, with the parts in the order of the layout. Parts that it does not have
  /// are left out.
  package func nft(_ layout: SetLayout) -> String {
    layout.fields.compactMap { field in
      switch field {
      case .sourceAddress: source.address.description
      case .destinationAddress: destination?.description
      case .transport: transport?.description
      case .port: port?.description
      case .sourcePort: sourcePort?.description
      }
    }.joined(separator: " . ")
  }
}
