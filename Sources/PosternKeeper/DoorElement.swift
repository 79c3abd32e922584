// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// One element of a door's set or map as the keeper thinks of it: which set, what the element's key says and, in a map, what it leads
/// to. Two doors or services that come to the same key and target are the same element.
package struct DoorElement: Hashable, Sendable {
  /// Index into ``SetCatalog/sets``.
  package var set: Int
  package var parts: KeyParts
  /// Nil in a set. A map has one element of a key, whatever its target.
  package var target: ForwardTarget?

  package init(set: Int, parts: KeyParts, target: ForwardTarget? = nil) {
    self.set = set
    self.parts = parts
    self.target = target
  }

  /// An element of a set in the standard layout.
  package init(set: Int, address: IPAddress, service: Service) {
    let source = AddressPrefix(around: address, length: address.family.width)
    self.init(set: set, parts: KeyParts(source: source, transport: service.transport, port: service.port))
  }

  /// What differs between most elements; the rest is for equality to tell.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(set)
    hasher.combine(parts.source.address)
    hasher.combine(parts.port?.number)
  }

  /// The source, or the first address of its network.
  package var address: IPAddress { parts.source.address }
}

extension DoorElement: CustomStringConvertible {
  /// As its key; in a map with the target, `192.0.2.7 tcp/2222 led to 10.0.0.5:22`.
  package var description: String { target.map { "\(parts) led to \($0)" } ?? parts.description }
}
