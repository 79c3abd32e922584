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
  }

  private let keys: [ClientKey]
  private let users: [GateTables.User]
  private let doors: [GateTables.Door]
  private let doorsByID: [DoorID: Int]

  init(_ tables: GateTables) {
    keys = tables.keys.map { ClientKey(user: $0.user, validity: $0.validity, fingerprint: $0.publicKey.high.high) }
    users = tables.users
    doors = tables.doors
    doorsByID = Dictionary(tables.doors.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What the ring keeps of a client key: the first eight bytes of its public half.
  func fingerprint(_ key: KeyIndex) -> UInt64 { keys.indices.contains(key.value) ? keys[key.value].fingerprint : 0 }

  /// The grant that a fresh, spent knock comes to. The order of the refusals is part of the design.
  func grant(_ knock: Knock, from source: PacketSource, at now: Timestamp) throws(Denial) -> Grant {
    let key = try key(knock.key, at: now)
    let user = users[key.user]
    let (position, door) = try door(knock.door, for: user)
    guard knock.knockProtocol.strength >= door.weakest else { throw .protocolTooWeak }
    let addresses = try AddressBinding(knock, from: source, user: user, door: door)
    try Freshness.checkPacketSource(knock, at: now)
    try addresses.checkClass(linkLocal: door.allowsLinkLocal)
    // A second factor is asked for here. No user has one yet, and a code that nobody asked for changes nothing.
    var notes = addresses.notes
    let limit = LeaseLimit(
      door: door.longestLease, user: user.longestLease, validities: [key.validity, user.validity], at: now)
    let lease: UInt32 =
      switch knock.action {
      case .open: try limit.lease(wished: knock.wishedLease, byDefault: door.defaultLease, notes: &notes)
      case .close: 0
      }
    return Grant(
      action: knock.action, key: knock.key, door: position, ipv4: addresses.ipv4.map { .init($0, port: knock.ipv4.port) },
      ipv6: addresses.ipv6.map { .init($0, port: knock.ipv6.port) }, lease: lease, knock: knock.id, notes: notes,
      addressee: knock.addressee)
  }

  private func key(_ index: KeyIndex, at now: Timestamp) throws(Denial) -> ClientKey {
    guard keys.indices.contains(index.value), users.indices.contains(keys[index.value].user) else { throw .keyNotValid }
    let key = keys[index.value]
    guard !users[key.user].isDisabled else { throw .userDisabled }
    guard key.validity.contains(now), users[key.user].validity.contains(now) else { throw .keyNotValid }
    return key
  }

  private func door(_ id: DoorID?, for user: GateTables.User) throws(Denial) -> (Int, GateTables.Door) {
    let named = if let id { doorsByID[id] } else { user.defaultDoor }
    guard let position = named, doors.indices.contains(position) else { throw .unknownDoor }
    guard user.doors.contains(position) else { throw .doorNotPermitted }
    return (position, doors[position])
  }
}
