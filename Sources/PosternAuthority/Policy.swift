// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// Who may open what: the part of the tables that decides, without their secrets.
struct Policy: Sendable {
  private struct ClientKey {
    let user: Int
    let validity: Validity
    let fingerprint: UInt64
    let door: Int?
    let deed: Deed
    let hours: Int?
  }

  private let keys: [ClientKey]
  private let users: [GateTables.User]
  private let doors: [GateTables.Door]
  private let actions: [GateTables.Action]
  private let doorsByID: [DoorID: Int]
  private let calendars: [WeekHours]
  let systems: SystemTable
  /// Whether some door demands an operating system.
  let looksAtSystems: Bool

  init(_ tables: GateTables) {
    keys = tables.keys.map {
      ClientKey(
        user: $0.user, validity: $0.validity, fingerprint: $0.fingerprint, door: $0.door, deed: $0.deed, hours: $0.hours)
    }
    actions = tables.actions
    users = tables.users
    calendars = tables.calendars
    systems = SystemTable(tables)
    looksAtSystems = tables.doors.contains { $0.systems != nil }
    doors = tables.doors
    doorsByID = Dictionary(tables.doors.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What the ring keeps of a client key.
  func fingerprint(_ key: KeyIndex) -> UInt64 { keys.indices.contains(key.value) ? keys[key.value].fingerprint : 0 }

  /// The grants that a fresh, spent knock comes to, or none of them. The order of the refusals is part of the design.
  func grants(_ knock: Knock, from source: PacketSource, at now: Timestamp) throws(Denial) -> [Grant] {
    let key = try key(knock.key, at: now)
    switch key.deed {
    case .asAsked: return try asked(knock, key, from: source, at: now)
    case .close: return [try grant(.close, knock, key, at: try door(nil, for: key), from: source, at: now)]
    case .ban: return [try grant(.ban, knock, key, at: try door(nil, for: key), from: source, at: now)]
    case .run(let action):
      _ = try hours(key.hours, users[key.user].hours, at: now)
      return [try run(action, knock, from: source)]
    }
  }

  private func asked(_ knock: Knock, _ key: ClientKey, from source: PacketSource, at now: Timestamp) throws(Denial) -> [Grant] {
    if case .command(let text) = knock.wish {
      _ = try hours(key.hours, users[key.user].hours, at: now)
      return [try run(try action(text, for: key), knock, from: source)]
    }
    let doors = try doors(knock.wish, for: key)
    var grants: [Grant] = []
    for (index, door) in doors.enumerated() {
      var grant = try grant(Grant.Action(knock.action), knock, key, at: door, from: source, at: now)
      // Each lease has a name of its own.
      grant.knock.high ^= UInt64(index)
      grants.append(grant)
    }
    return grants
  }

  private func grant(
    _ action: Grant.Action, _ knock: Knock, _ key: ClientKey, at position: Int, from source: PacketSource, at now: Timestamp
  ) throws(Denial) -> Grant {
    let (user, door) = (users[key.user], doors[position])
    let hours = action == .close ? [] : try hours(key.hours, user.hours, door.hours, at: now)
    guard knock.strength >= door.weakest else { throw .protocolTooWeak }
    if action == .open, let demand = door.systems { try check(demand, source.syn) }
    let addresses = try AddressBinding(knock, from: source, user: user, door: door)
    try Freshness.checkPacketSource(knock, at: now)
    try addresses.checkClass(linkLocal: door.allowsLinkLocal)
    var notes = addresses.notes
    let limit = LeaseLimit(
      door: door.longestLease, user: user.longestLease, validities: [key.validity, user.validity], hours: hours, at: now)
    let lease =
      action == .close ? 0 : try limit.lease(wished: knock.wishedLease, byDefault: door.defaultLease, notes: &notes)
    return Grant(
      action: action, key: knock.key, door: position, ipv4: addresses.ipv4.map { .init($0, port: knock.ipv4.port) },
      ipv6: addresses.ipv6.map { .init($0, port: knock.ipv6.port) }, lease: lease, knock: knock.grantID, notes: notes,
      addressee: knock.addressee)
  }

  /// A SYN that shows nothing may be followed by one that does, where the door holds that back: the gate sees to it.
  private func check(_ demand: SystemDemand, _ syn: SynSignature?) throws(Denial) {
    switch answer(to: demand, syn) {
    case .fits: return
    case .other: throw .wrongSystem
    case .unknown: guard demand.allowsUnknown || demand.awaitsFirstPacket else { throw .systemUnknown }
    }
  }

  private func answer(to demand: SystemDemand, _ syn: SynSignature?) -> SystemAnswer {
    SystemAnswer(syn.map { systems.systems(of: $0) } ?? [], to: demand.systems)
  }

  /// What a grant has to wait for until a first packet shows it; nil where it may leave.
  func awaitedSystems(_ grant: Grant, from source: PacketSource) -> OperatingSystems? {
    guard looksAtSystems, grant.action == .open, doors.indices.contains(grant.door) else { return nil }
    guard let demand = doors[grant.door].systems, !demand.allowsUnknown else { return nil }
    return answer(to: demand, source.syn) == .fits ? nil : demand.systems
  }

  private func key(_ index: KeyIndex, at now: Timestamp) throws(Denial) -> ClientKey {
    guard keys.indices.contains(index.value), users.indices.contains(keys[index.value].user) else { throw .keyNotValid }
    let key = keys[index.value]
    guard !users[key.user].isDisabled else { throw .userDisabled }
    guard key.validity.contains(now), users[key.user].validity.contains(now) else { throw .keyNotValid }
    return key
  }

  /// The hours that count for anything but a close, all of which have to be now; those that the tables do not hold are never.
  private func hours(_ places: Int?..., at now: Timestamp) throws(Denial) -> [WeekHours] {
    var hours: [WeekHours] = []
    for place in places.compactMap(\.self) {
      guard calendars.indices.contains(place), calendars[place].contains(now) else { throw .outsideHours }
      hours.append(calendars[place])
    }
    return hours
  }

  private func doors(_ wish: Knock.Wish, for key: ClientKey) throws(Denial) -> [Int] {
    switch wish {
    case .door(let id): return [try door(id, for: key)]
    case .services(let services):
      var positions: [Int] = []
      for service in services {
        let position = try door(for: key) { $0.serves(service) }
        if !positions.contains(position) { positions.append(position) }
      }
      guard !positions.isEmpty else { throw .serviceNotServed }
      return positions
    case .forward(let service, let target):
      return [try door(for: key) { $0.serves(service) && $0.forwards.contains { $0.leads(service, to: target) } }]
    case .command: throw .unknownAction
    }
  }

  private func door(_ id: DoorID?, for key: ClientKey) throws(Denial) -> Int {
    let named = if let id { doorsByID[id] } else { key.door ?? users[key.user].defaultDoor }
    guard let position = named, doors.indices.contains(position) else { throw .unknownDoor }
    guard users[key.user].doors.contains(position) else { throw .doorNotPermitted }
    return position
  }

  /// Of the user's doors that suit the one that opens least; of those that open as much the one that he names first.
  private func door(for key: ClientKey, where suits: (GateTables.Door) -> Bool) throws(Denial) -> Int {
    let fitting = users[key.user].doors.filter { doors.indices.contains($0) && suits(doors[$0]) }
    guard let door = fitting.min(by: { doors[$0].services.count < doors[$1].services.count }) else { throw .serviceNotServed }
    return door
  }

  private func run(_ action: Int, _ knock: Knock, from source: PacketSource) throws(Denial) -> Grant {
    guard actions.indices.contains(action) else { throw .unknownAction }
    guard knock.strength >= actions[action].weakest else { throw .protocolTooWeak }
    return Grant(.run, knock, from: source, place: action)
  }

  private func action(_ text: [UInt8], for key: ClientKey) throws(Denial) -> Int {
    let meant = actions.firstIndex { $0.isMeant(by: text) }
    guard let meant else { throw .unknownAction }
    guard users[key.user].actions.contains(meant) else { throw .actionNotPermitted }
    return meant
  }
}

extension GateTables.Door {
  fileprivate func serves(_ service: Service) -> Bool { services.contains { $0.covers(service) } }
}

extension GateTables.Action {
  fileprivate func isMeant(by text: [UInt8]) -> Bool {
    name.description.utf8.elementsEqual(text) || aliases.contains { $0.utf8.elementsEqual(text) }
  }
}

extension Grant.Action {
  fileprivate init(_ action: Knock.Action) {
    self =
      switch action {
      case .open: .open
      case .close: .close
      }
  }
}

extension Grant {
  /// What concerns the sender's address and no door.
  fileprivate init(_ action: Action, _ knock: Knock, from source: PacketSource, place: Int = 0) {
    self.init(
      action: action, key: knock.key, door: place, ipv4: nil, ipv6: nil, lease: 0, knock: knock.grantID, notes: .packetSource,
      addressee: knock.addressee)
    switch source.address {
    case .v4(let address): ipv4 = Endpoint(address)
    case .v6(let address): ipv6 = Endpoint(address)
    }
  }
}
