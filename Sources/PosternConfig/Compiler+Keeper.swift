// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func keeper(_ identity: Identity) -> KeeperTables {
    KeeperTables(
      groups: configuration.capture.groups, users: configuration.users.map(keeperUser), keys: keeperKeys(),
      doors: configuration.doors.map(keeperDoor), stateDirectory: configuration.state.directory, ringSlots: ringSlots(),
      gatewayFingerprint: fingerprint(identity), controlSocket: configuration.control.socket,
      auditFile: configuration.audit.file, notices: configuration.notices,
      marks: configuration.sessions.marks)
  }

  private func keeperUser(_ user: Configuration.User) -> KeeperTables.User {
    KeeperTables.User(
      name: user.name.value, validity: user.validity, doors: user.doors, longestLease: user.longestLease,
      sources: user.sources, grantsPerMinute: configuration.limits.grantsPerMinute,
      cutsAtEnd: user.cutsAtEnd)
  }

  private func keeperKeys() -> [KeeperTables.ClientKey] {
    configuration.users.enumerated().flatMap { index, user in
      user.keys.map { KeeperTables.ClientKey(user: index, name: $0.name.value, validity: $0.validity) }
    }
  }

  private func keeperDoor(_ door: Configuration.Door) -> KeeperTables.Door {
    KeeperTables.Door(
      name: door.name.value, ipv4: door.ipv4, ipv6: door.ipv6, services: door.services, longestLease: door.longestLease,
      allowsLinkLocal: door.allowsLinkLocal, leasesPerUser: configuration.limits.leasesPerDoor, destinations: door.destinations,
      key: door.key, prefix4: door.prefix4, prefix6: door.prefix6, isOnce: door.isOnce,
      sessions4: door.sessions4, sessions6: door.sessions6)
  }

  /// Room for all that the keys can spend within the freshness window, so that a full ring never refuses an honest knock.
  private func ringSlots() -> UInt32 {
    let limits = configuration.limits
    let window = KnockProtocol.spa.window.past.nanoseconds + KnockProtocol.spa.window.future.nanoseconds
    let refills = (window + limits.keyRefill.nanoseconds - 1) / limits.keyRefill.nanoseconds
    let keys = configuration.users.reduce(0) { $0 + $1.keys.count }
    let slots = Int64(keys) * (Int64(limits.keyBurst) + refills)
    guard slots <= Int64(TableLimits.ringSlots) else {
      complaints.add(
        "\"key-burst\" and \"key-refill\" of \(keys) keys need a replay ring of \(slots) slots, at most \(TableLimits.ringSlots) are possible",
        at: limits.position)
      return TableLimits.ringSlots
    }
    return max(TableLimits.leastRingSlots, UInt32(slots))
  }

  private func fingerprint(_ identity: Identity) -> UInt64 {
    let sorted = identity.publicKeys.map(\.array).sorted { $0.lexicographicallyPrecedes($1) }
    return world.sha256(sorted.flatMap { $0 }).high.high
  }
}
