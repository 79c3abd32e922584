// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func gate(_ identity: Identity) -> GateTables {
    let limits = configuration.limits
    return GateTables(
      gatewayKeys: identity.keys, admissions: identity.admissions, keys: gateKeys(identity),
      users: configuration.users.map(gateUser), doors: gateDoors(),
      keyBucket: GateTables.KeyBucket(burst: limits.keyBurst, refill: limits.keyRefill), curveBudget: limits.curveBudget,
      clockIsTrusted: configuration.gateway.clockIsTrusted)
  }

  private func gateKeys(_ identity: Identity) -> [GateTables.ClientKey] {
    configuration.users.enumerated().flatMap { index, user in user.keys.map { gateKey($0, of: index, identity) } }
  }

  private func gateKey(_ key: Configuration.ClientKey, of user: Int, _ identity: Identity) -> GateTables.ClientKey {
    if identity.publicKeys.contains(key.publicKey.value) {
      complaints.add("this public key is the gateway's own", at: key.publicKey.position)
    }
    if identity.keys.contains(where: { !world.agrees($0.privateKey, key.publicKey.value) }) {
      complaints.add("this public key is a point of small order: nobody's private key leads to it", at: key.publicKey.position)
    }
    return GateTables.ClientKey(
      user: user, publicKey: key.publicKey.value, presharedKey: presharedKey(key), validity: key.validity)
  }

  private func presharedKey(_ key: Configuration.ClientKey) -> Bytes32 {
    guard let file = key.presharedKey, let secret = secret(file) else { return .zero }
    if secret == .zero {
      complaints.add("\(file.value.quoted) holds zeros; say psk-none = true to do without", at: file.position)
    }
    return secret
  }

  private func gateUser(_ user: Configuration.User) -> GateTables.User {
    GateTables.User(
      doors: user.doors, defaultDoor: user.defaultDoor, longestLease: user.longestLease,
      mayUsePacketSource: user.mayUsePacketSource, validity: user.validity, keyBucket: bucket(of: user),
      isDisabled: user.isDisabled)
  }

  /// Nil where `[limits]` say it.
  private func bucket(of user: Configuration.User) -> GateTables.KeyBucket? {
    guard user.rate.keyBurst != nil || user.rate.keyRefill != nil else { return nil }
    let (burst, refill) = configuration.keyRate(of: user)
    return GateTables.KeyBucket(burst: burst, refill: refill)
  }

  private func gateDoors() -> [GateTables.Door] {
    var names: [DoorID: Name] = [:]
    return configuration.doors.map { door in
      let id = world.doorID(door.name.value)
      if let other = names.updateValue(door.name.value, forKey: id) {
        complaints.add("the id of this door is also that of \("\(other)".quoted): rename one", at: door.name.position)
      }
      if id.value == 0 { complaints.add("the id of this door is zero: rename it", at: door.name.position) }
      return gateDoor(door, id)
    }
  }

  private func gateDoor(_ door: Configuration.Door, _ id: DoorID) -> GateTables.Door {
    GateTables.Door(
      id: id, hasIPv4: door.ipv4 != nil, hasIPv6: door.ipv6 != nil, defaultLease: door.defaultLease,
      longestLease: door.longestLease, weakest: door.weakest, addresses: door.addresses,
      allowsLinkLocal: door.allowsLinkLocal)
  }
}
