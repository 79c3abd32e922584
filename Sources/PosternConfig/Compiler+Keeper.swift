// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func keeper(_ identity: Identity) -> KeeperTables {
    var tables = KeeperTables(
      groups: configuration.capture.groups, queues: queues(), users: configuration.users.map(keeperUser), keys: keeperKeys(),
      doors: configuration.doors.map(keeperDoor), stateDirectory: absolute(configuration.state.directory), rings: rings(),
      gatewayFingerprint: fingerprint(identity), controlSocket: controlSocket(), access: access(),
      auditFile: configuration.audit.file.map(absolute), journal: configuration.audit.journal, notices: configuration.notices,
      gatewayKeys: identity.knownKeys, admissions: identity.knownAdmissions, clockIsTrusted: configuration.gateway.clockIsTrusted,
      marks: configuration.sessions.marks, actions: programs(), onBan: configuration.onBan)
    tables.gates = configuration.capture.gates.value
    tables.calendars = calendars.all
    tables.defence = configuration.defence?.bans
    return tables
  }

  /// A path that fits where it is written may not fit below its directory.
  private func controlSocket() -> String {
    let path = absolute(configuration.control.socket)
    if path.utf8.count > TableLimits.socketPathBytes {
      complaints.add(
        "the socket's whole path is \(path.utf8.count) bytes long, at most \(TableLimits.socketPathBytes) are possible",
        at: configuration.control.socket.position)
    }
    return path
  }

  private func access() -> KeeperTables.Access {
    KeeperTables.Access(operators: group(configuration.control.operators), viewers: group(configuration.control.viewers))
  }

  /// A group that the configuration names must exist; one that nobody named may be missing.
  private func group(_ group: Configuration.Control.Group) -> UInt32? {
    switch group {
    case .number(let id): return id
    case .usual(let name): return world.groupID(name)
    case .named(let name):
      guard let id = world.groupID(name.value) else {
        complaints.add("there is no group \(name.value.quoted)", at: name.position)
        return nil
      }
      return id
    }
  }

  private func keeperUser(_ user: Configuration.User) -> KeeperTables.User {
    var compiled = KeeperTables.User(
      name: user.name.value, validity: user.validity, doors: user.doors, longestLease: user.longestLease,
      sources: user.sources, grantsPerMinute: user.rate.grantsPerMinute ?? configuration.limits.grantsPerMinute,
      isDisabled: user.isDisabled, observesOnly: user.observesOnly, cutsAtEnd: user.cutsAtEnd, actions: user.actions)
    compiled.hours = calendars.place(of: user.hours)
    return compiled
  }

  private func keeperKeys() -> [KeeperTables.ClientKey] {
    configuration.users.enumerated().flatMap { index, user in
      user.keys.map { key in
        var compiled = KeeperTables.ClientKey(
          user: index, name: key.name.value, validity: key.validity, fingerprint: fingerprint(of: key, user: user))
        compiled.hours = calendars.place(of: key.hours)
        return compiled
      }
    }
  }

  private func keeperDoor(_ door: Configuration.Door) -> KeeperTables.Door {
    var compiled = KeeperTables.Door(
      name: door.name.value, ipv4: door.ipv4, ipv6: door.ipv6, services: door.services, defaultLease: door.defaultLease,
      longestLease: door.longestLease, allowsLinkLocal: door.allowsLinkLocal,
      leasesPerUser: door.quotas.leasesPerUser ?? configuration.limits.leasesPerDoor, leases: door.quotas.leases,
      grantsPerMinute: door.quotas.grantsPerMinute, destinations: door.destinations, key: door.key, prefix4: door.prefix4,
      prefix6: door.prefix6, hold: door.hold, isOnce: door.isOnce, sessions4: door.sessions4, sessions6: door.sessions6,
      forward4: door.forward.ipv4, forward6: door.forward.ipv6, actions: door.actions)
    compiled.hours = calendars.place(of: door.hours)
    compiled.isBan = door.isBan
    return compiled
  }

  /// A queue is bound only where a door needs it: it may be somebody else's.
  private func queues() -> [UInt16] {
    configuration.doors.contains { $0.hold > 0 } ? configuration.capture.queues : []
  }

  /// That of `spa`, by whose presence an emptied state directory shows, and one of each other protocol that has keys.
  private func rings() -> [KeeperTables.Ring] {
    let used = Set(configuration.users.flatMap { $0.keys.map(\.form.knockProtocol) })
    return KnockProtocol.remembered.filter { $0 == .spa || used.contains($0) }.map {
      KeeperTables.Ring(kind: $0, slots: ringSlots($0))
    }
  }

  /// Room for all that the protocol's keys can spend while it is remembered, so that a full ring never refuses an honest knock.
  private func ringSlots(_ kind: KnockProtocol) -> UInt32 {
    guard let window = kind.window else { return TableLimits.leastRingSlots }
    if window == .everlasting { return TableLimits.everlastingRingSlots }
    // Times of receipt lie within the past alone.
    let width = window.isStamped ? window.past.nanoseconds + window.future.nanoseconds : window.past.nanoseconds
    var (keys, slots): (Int, Int64) = (0, 0)
    for user in configuration.users {
      let (burst, refill) = configuration.keyRate(of: user)
      let own = user.keys.count { $0.form.knockProtocol == kind }
      keys += own
      slots += Int64(own) * (Int64(burst) + (width + refill.nanoseconds - 1) / refill.nanoseconds)
    }
    guard slots <= Int64(TableLimits.ringSlots) else {
      complaints.add(
        "\"key-burst\" and \"key-refill\" of \(keys) \(kind) keys need a replay ring of \(slots) slots, at most \(TableLimits.ringSlots) are possible",
        at: configuration.limits.position)
      return TableLimits.ringSlots
    }
    return max(TableLimits.leastRingSlots, UInt32(slots))
  }

  private func fingerprint(_ identity: Identity) -> UInt64 {
    let sorted = identity.publicKeys.map(\.array).sorted { $0.lexicographicallyPrecedes($1) }
    return world.sha256(sorted.flatMap { $0 }).high.high
  }
}

extension Configuration {
  /// How many knocks each of the user's keys may spend at once, and how long one takes to come back.
  func keyRate(of user: User) -> (burst: UInt32, refill: Timestamp.Span) {
    (user.rate.keyBurst ?? limits.keyBurst, user.rate.keyRefill ?? limits.keyRefill)
  }
}
