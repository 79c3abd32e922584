// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
package import PosternKnock
package import PosternTables
package import PosternWire

/// The keeper's own judgement of a gate's frame. Nothing that the gate says is taken on trust: a gate in a stranger's hands gets what
/// any configured user could get, and nothing else.
package struct GrantRules: Sendable {
  package let tables: KeeperTables
  package private(set) var catalog: SetCatalog
  package let generation: UInt32
  let userDoors: [Set<Int>]
  /// Whether some user's sessions end with his validity.
  package let cutsSomebody: Bool
  private let doorIndices: [Name: Int]

  package init(tables: KeeperTables, generation: UInt32) {
    self.tables = tables
    self.generation = generation
    catalog = SetCatalog(tables)
    cutsSomebody = tables.users.contains { $0.cutsAtEnd && $0.validity.notAfter != nil }
    userDoors = tables.users.map { Set($0.doors) }
    doorIndices = Dictionary(zip(tables.doors.map(\.name), tables.doors.indices)) { first, _ in first }
  }

  /// Takes up how the keys of the sets are made now; see ``SetCatalog/take(_:)``.
  package mutating func take(_ layouts: [SetLayout?]) -> [Int] { catalog.take(layouts) }

  /// The element as its door writes it now. A door that the configuration has no more leaves it as it was.
  func relaid(_ element: DoorElement, of door: Name) -> [DoorElement] {
    guard let index = doorIndices[door] else { return [element] }
    return catalog.relaid(element, of: index)
  }

  /// Whether a lease at this door may have the element: in a map, only where it leads to the door's own target.
  func mayHave(_ element: DoorElement, door: Name) -> Bool {
    guard let index = doorIndices[door] else { return element.target == nil }
    return catalog.leads(index, as: element)
  }

  /// A grant that passed: in whose name, which elements, for how long.
  package struct Admitted: Hashable, Sendable {
    package var comment: LeaseComment
    package var user: Int
    package var elements: [DoorElement]
    package var seconds: UInt32
  }

  /// Checks everything but the quotas, which change with each grant.
  package func admit(
    _ grant: Grant, generation: UInt32, own: Set<IPAddress>, at now: Timestamp
  ) throws(Denial) -> Admitted {
    guard generation == self.generation else { throw .generationStale }
    guard tables.keys.indices.contains(grant.key.value), tables.doors.indices.contains(grant.door) else {
      throw .frameMalformed
    }
    let key = tables.keys[grant.key.value]
    let user = tables.users[key.user]
    let door = tables.doors[grant.door]
    guard !user.isDisabled else { throw .userDisabled }
    guard key.validity.contains(now), user.validity.contains(now) else { throw .keyNotValid }
    guard userDoors[key.user].contains(grant.door) else { throw .doorNotPermitted }
    let addresses = Self.addresses(of: grant)
    if let denial = refuse(addresses, user: user, door: door, own: own) { throw denial }
    let elements = elements(Self.places(of: grant), door: grant.door)
    guard elements.count <= TableLimits.elementsPerLease else { throw .setUnsuited }
    let seconds: UInt32
    switch grant.action {
    case .close: seconds = 0
    case .run: throw .frameMalformed
    case .open, .ban:
      guard (grant.action == .ban) == door.isBan else { throw .doorNotPermitted }
      guard !elements.isEmpty else { throw .noFamilyLeft }
      guard grant.lease >= 1, grant.lease <= min(door.longestLease, user.longestLease) else { throw .leaseNotAllowed }
      let hours = hours(of: grant)
      guard hours.allSatisfy({ $0.contains(now) }) else { throw .outsideHours }
      let left = [key.validity, user.validity].map { $0.secondsLeft(at: now) ?? .max } + hours.map { $0.secondsLeft(at: now) }
      guard let left = left.min(), left >= 1 else { throw .keyNotValid }
      seconds = UInt32(min(UInt64(grant.lease), left))
    }
    let comment = LeaseComment(user: user.name, key: key.name, door: door.name, lease: LeaseID(grant.knock))
    return Admitted(comment: comment, user: key.user, elements: elements, seconds: seconds)
  }

  /// The hours that count for a grant's key, user and door.
  private func hours(of grant: Grant) -> [WeekHours] {
    let key = tables.keys[grant.key.value]
    return [key.hours, tables.users[key.user].hours, tables.doors[grant.door].hours].compactMap {
      $0.map { tables.calendars[$0] }
    }
  }

  /// Why an address may not be admitted for this user at this door, nil when all may.
  func refuse(
    _ addresses: [IPAddress], user: KeeperTables.User, door: KeeperTables.Door, own: Set<IPAddress>
  ) -> Denial? {
    for address in addresses {
      // All that the element admits must pass; of the gateway's addresses only the claim: its neighbours share its network.
      let network = AddressPrefix(around: address, length: door.prefix(address.family))
      guard AddressRule.admits(address, linkLocal: door.allowsLinkLocal),
        AddressRule.admits(network, linkLocal: door.allowsLinkLocal)
      else { return .addressNotAllowed }
      guard !own.contains(address) else { return .ownAddress }
      guard user.sources.isEmpty || user.sources.contains(where: { $0.contains(network) }) else { return .sourceNotPermitted }
    }
    return nil
  }

  /// The elements that these places mean at a door; a family for which the door has no set means none.
  package func elements(_ places: [Place], door: Int) -> [DoorElement] {
    places.flatMap { catalog.elements(of: door, for: $0.address, port: $0.port) }
  }

  package func elements(_ addresses: [IPAddress], door: Int) -> [DoorElement] {
    elements(addresses.map { Place($0) }, door: door)
  }

  /// An address and, where it was named, one port of it.
  package struct Place: Hashable, Sendable {
    package var address: IPAddress
    package var port: Port?

    package init(_ address: IPAddress, port: Port? = nil) {
      self.address = address
      self.port = port
    }
  }

  package static func places(of grant: Grant) -> [Place] {
    var places: [Place] = []
    if let endpoint = grant.ipv4 { places.append(Place(.v4(endpoint.address), port: endpoint.port)) }
    if let endpoint = grant.ipv6 { places.append(Place(.v6(endpoint.address), port: endpoint.port)) }
    return places
  }

  package static func addresses(of grant: Grant) -> [IPAddress] { places(of: grant).map(\.address) }

  /// The most elements that all users together may hold in each set, by the set's place in the catalog.
  package func demand() -> [UInt64] {
    var demand = [UInt64](repeating: 0, count: catalog.sets.count)
    for (index, leases) in leasesAtOnce().enumerated() {
      for set in catalog.sets(of: index) { demand[set] += leases * UInt64(catalog.elementsPerLease(at: index, in: set)) }
    }
    return demand
  }

  /// The most leases that all users together may hold at each door.
  private func leasesAtOnce() -> [UInt64] {
    var leases = [UInt64](repeating: 0, count: tables.doors.count)
    for user in tables.users {
      for door in user.doors { leases[door] += UInt64(tables.doors[door].leasesPerUser) }
    }
    return zip(leases, tables.doors).map { min($0, $1.leases.map(UInt64.init) ?? .max) }
  }
}
