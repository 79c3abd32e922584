// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// A record of Doorman's guest list: who may knock for which ports, from where.
package struct DoormanCredential: Hashable, Sendable {
  package static let groupLengths = 1...32
  package static let secretLengths = 1...64
  package static let portCounts = 1...64
  package static let networkCounts = 0...64
  /// Where the original listens unless its configuration says otherwise.
  package static let standardPort: UInt16 = 1001

  /// The UDP port at which knocks arrive.
  package var port: Port
  /// Printable ASCII without blanks.
  package var group: String
  package var secret: [UInt8]
  /// TCP ports for which a knock may ask.
  package var ports: [Port]
  /// Where a knock may come from; empty for anywhere.
  package var networks: [AddressPrefix]

  package init(port: Port, group: String, secret: [UInt8], ports: [Port], networks: [AddressPrefix]) {
    self.port = port
    self.group = group
    self.secret = secret
    self.ports = ports
    self.networks = networks
  }

  /// Whether a text can stand in the datagram as a field: printable ASCII without blanks.
  package static func isField(_ text: String) -> Bool { text.utf8.allSatisfy { (33...126).contains($0) } }

  /// Overwrites the secret in place.
  mutating func erase() { for index in secret.indices { secret[index] = 0 } }
}

extension DoormanCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    let port = try reader.port()
    let group = try reader.text(Self.groupLengths)
    guard Self.isField(group) else { throw .malformed }
    self.init(
      port: port, group: group, secret: try reader.octets(Self.secretLengths),
      ports: try reader.list(Self.portCounts) { (reader) throws(WireError) in try reader.port() },
      networks: try reader.list(Self.networkCounts) { (reader) throws(WireError) in try reader.prefix() })
  }

  func put(to writer: inout WireWriter) {
    writer.u16(port.number)
    writer.text(group)
    writer.octets(secret)
    writer.list(ports) { $0.u16($1.number) }
    writer.list(networks) { $0.prefix($1) }
  }
}
