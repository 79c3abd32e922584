// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// How the keys of a door's set are made: their parts in order, and how much of the source address counts.
package struct SetLayout: Hashable, Sendable {
  package let family: AddressFamily
  package let fields: [KeyField]
  /// Leading bits of the source address that the rule's mask leaves.
  package let prefix: UInt8

  /// Nil unless the source address is a part, no part occurs twice and the prefix is within the family's width: a key without a source
  /// would open the door to everybody.
  package init?(_ family: AddressFamily, _ fields: [KeyField], prefix: UInt8? = nil) {
    let prefix = prefix ?? family.width
    guard fields.contains(.sourceAddress), Set(fields).count == fields.count, prefix <= family.width else { return nil }
    self.family = family
    self.fields = fields
    self.prefix = prefix
  }

  private init(known fields: [KeyField], _ family: AddressFamily, _ prefix: UInt8) {
    self.family = family
    self.fields = fields
    self.prefix = min(prefix, family.width)
  }

  /// `address . protocol . port`, the layout of the shipped sets.
  package static func standard(_ family: AddressFamily, prefix: UInt8? = nil) -> SetLayout {
    SetLayout(known: [.sourceAddress, .transport, .port], family, prefix ?? family.width)
  }

  /// The source address alone.
  package static func plain(_ family: AddressFamily, prefix: UInt8? = nil) -> SetLayout {
    SetLayout(known: [.sourceAddress], family, prefix ?? family.width)
  }

  /// `address . source port . protocol . port`, one flow of a client.
  package static func session(_ family: AddressFamily) -> SetLayout {
    SetLayout(known: [.sourceAddress, .sourcePort, .transport, .port], family, family.width)
  }

  package func has(_ field: KeyField) -> Bool { fields.contains(field) }
}

extension SetLayout {
  /// Why a door cannot keep its leases under such keys; the text is meant for operators.
  package enum Misfit: Error, Hashable, Sendable {
    case range(Service)
    case noPort(Service)
    case noDestination
    /// No service of the door runs over the family.
    case noService
  }

  /// The distinct keys of one lease of this source, without the source port, which only a knock says; never none.
  ///
  /// Services that the key does not tell apart are one element. Throws what the key asks for and the door cannot say.
  package func keys(source: IPAddress, services: [Service], destinations: [IPAddress]) throws(Misfit) -> [KeyParts] {
    let network = AddressPrefix(around: source, length: prefix)
    let targets = try targets(destinations)
    var keys: [KeyParts] = []
    for service in services where service.transport.runs(over: family) {
      let port = try port(of: service)
      for target in targets {
        let key = KeyParts(
          source: network, destination: target, transport: has(.transport) ? service.transport : nil, port: port)
        if !keys.contains(key) { keys.append(key) }
      }
    }
    guard !keys.isEmpty else { throw .noService }
    return keys
  }

  private func targets(_ destinations: [IPAddress]) throws(Misfit) -> [IPAddress?] {
    guard has(.destinationAddress) else { return [nil] }
    let targets = destinations.filter { $0.family == family }
    guard !targets.isEmpty else { throw .noDestination }
    return targets
  }

  private func port(of service: Service) throws(Misfit) -> Port? {
    guard has(.port) else { return nil }
    guard service.ports != nil else { throw .noPort(service) }
    guard let port = service.port else { throw .range(service) }
    return port
  }
}

extension SetLayout.Misfit: CustomStringConvertible {
  package var description: String {
    switch self {
    case .range(let service): "its key has a port, and \(service) is a range: name each port, or leave the port to the rule"
    case .noPort(let service): "its key has a port, and \(service) has none"
    case .noDestination: "its key has a destination address, and the door names no \"destination\" of its family"
    case .noService: "none of the door's \"ports\" runs over its family"
    }
  }
}
