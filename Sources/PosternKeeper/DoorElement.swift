// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

/// One element of a door's set as the keeper thinks of it: which set, which address, which service.
package struct DoorElement: Hashable, Sendable {
  /// Index into ``SetCatalog/sets``.
  package var set: Int
  package var address: IPAddress
  package var service: Service

  package init(set: Int, address: IPAddress, service: Service) {
    self.set = set
    self.address = address
    self.service = service
  }
}

extension DoorElement: CustomStringConvertible {
  package var description: String { "\(address) \(service)" }
}

/// The distinct sets of all doors; several doors may share one, told apart by their services.
package struct SetCatalog: Sendable {
  package struct Entry: Hashable, Sendable {
    package var reference: KeeperTables.SetReference
    package var family: AddressFamily
  }

  package private(set) var sets: [Entry] = []
  /// The sets of each door, by the door's index.
  private var ofDoor: [(ipv4: Int?, ipv6: Int?)] = []

  package init(_ tables: KeeperTables) {
    for door in tables.doors {
      ofDoor.append((place(door.ipv4, .ipv4), place(door.ipv6, .ipv6)))
    }
  }

  package func set(of door: Int, _ family: AddressFamily) -> Int? {
    switch family {
    case .ipv4: ofDoor[door].ipv4
    case .ipv6: ofDoor[door].ipv6
    }
  }

  private mutating func place(_ reference: KeeperTables.SetReference?, _ family: AddressFamily) -> Int? {
    guard let reference else { return nil }
    let entry = Entry(reference: reference, family: family)
    if let known = sets.firstIndex(of: entry) { return known }
    sets.append(entry)
    return sets.count - 1
  }
}
