// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func keeper(_ identity: Identity) -> KeeperTables {
    KeeperTables(
      groups: configuration.capture.groups, queues: queues(), users: configuration.users.map(keeperUser), keys: keeperKeys(),
      doors: configuration.doors.map(keeperDoor), stateDirectory: absolute(configuration.state.directory), ringSlots: ringSlots(),
      gatewayFingerprint: fingerprint(identity), controlSocket: controlSocket(), access: access(),
      auditFile: configuration.audit.file.map(absolute), journal: configuration.audit.journal, notices: configuration.notices,
      gatewayKeys: identity.knownKeys, admissions: identity.knownAdmissions, clockIsTrusted: configuration.gateway.clockIsTrusted,
      marks: configuration.sessions.marks)
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
    KeeperTables.User(
      name: user.name.value, validity: user.validity, doors: user.doors, longestLease: user.longestLease,
      sources: user.sources, grantsPerMinute: user.rate.grantsPerMinute ?? configuration.limits.grantsPerMinute,
      isDisabled: user.isDisabled, observesOnly: user.observesOnly, cutsAtEnd: user.cutsAtEnd)
  }

  private func keeperKeys() -> [KeeperTables.ClientKey] {
    configuration.users.enumerated().flatMap { index, user in
      user.keys.map {
        KeeperTables.ClientKey(
          user: index, name: $0.name.value, validity: $0.validity, fingerprint: $0.publicKey.value.high.high)
      }
    }
  }

  private func keeperDoor(_ door: Configuration.Door) -> KeeperTables.Door {
    KeeperTables.Door(
      name: door.name.value, ipv4: door.ipv4, ipv6: door.ipv6, services: door.services, defaultLease: door.defaultLease,
      longestLease: door.longestLease, allowsLinkLocal: door.allowsLinkLocal,
      leasesPerUser: door.quotas.leasesPerUser ?? configuration.limits.leasesPerDoor, leases: door.quotas.leases,
      grantsPerMinute: door.quotas.grantsPerMinute, destinations: door.destinations, key: door.key, prefix4: door.prefix4,
      prefix6: door.prefix6, hold: door.hold, isOnce: door.isOnce, sessions4: door.sessions4, sessions6: door.sessions6,
      forward4: door.forward.ipv4, forward6: door.forward.ipv6)
  }

  /// A queue is bound only where a door needs it: it may be somebody else's.
  private func queues() -> [UInt16] {
    configuration.doors.contains { $0.hold > 0 } ? configuration.capture.queues : []
  }

  /// Room for all that the keys can spend within the freshness window, so that a full ring never refuses an honest knock.
  private func ringSlots() -> UInt32 {
    let window = KnockProtocol.spa.window.past.nanoseconds + KnockProtocol.spa.window.future.nanoseconds
    var slots: Int64 = 0
    for user in configuration.users {
      let (burst, refill) = configuration.keyRate(of: user)
      slots += Int64(user.keys.count) * (Int64(burst) + (window + refill.nanoseconds - 1) / refill.nanoseconds)
    }
    guard slots <= Int64(TableLimits.ringSlots) else {
      let keys = configuration.users.reduce(0) { $0 + $1.keys.count }
      complaints.add(
        "\"key-burst\" and \"key-refill\" of \(keys) keys need a replay ring of \(slots) slots, at most \(TableLimits.ringSlots) are possible",
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
