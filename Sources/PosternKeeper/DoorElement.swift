// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

/// One element of a door's set as the keeper thinks of it: which set, and what the element's key says. Two doors or services that come
/// to the same key are the same element.
package struct DoorElement: Hashable, Sendable {
  /// Index into ``SetCatalog/sets``.
  package var set: Int
  package var parts: KeyParts

  package init(set: Int, parts: KeyParts) {
    self.set = set
    self.parts = parts
  }

  /// An element of a set in the standard layout.
  package init(set: Int, address: IPAddress, service: Service) {
    let source = AddressPrefix(around: address, length: address.family.width)
    self.init(set: set, parts: KeyParts(source: source, transport: service.transport, port: service.port))
  }

  /// The source, or the first address of its network.
  package var address: IPAddress { parts.source.address }
}

extension DoorElement: CustomStringConvertible {
  package var description: String { parts.description }
}
