// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func gate(_ identity: Identity) -> GateTables {
    let limits = configuration.limits
    let keys = gateKeys(identity)
    complainAboutSharedFwknopSecrets(keys)
    var tables = GateTables(
      gatewayKeys: identity.keys, admissions: identity.admissions, keys: keys,
      users: configuration.users.map(gateUser), doors: gateDoors(),
      actions: configuration.actions.map { .init(name: $0.name.value, aliases: $0.aliases.map(\.value), weakest: $0.weakest) },
      keyBucket: GateTables.KeyBucket(burst: limits.keyBurst, refill: limits.keyRefill), curveBudget: limits.curveBudget,
      clockIsTrusted: configuration.gateway.clockIsTrusted)
    tables.calendars = calendars.all
    tables.signatures = configuration.systems.signatures
    tables.evidence = configuration.defence?.evidence
    return tables
  }

  private func gateKeys(_ identity: Identity) -> [GateTables.ClientKey] {
    var bounds = SequenceBounds(complaints)
    return configuration.users.enumerated().flatMap { index, user in
      user.keys.map { key in
        let compiled = gateKey(key, of: index, identity)
        bounds.add(compiled.credential, at: key.name.position)
        return compiled
      }
    }
  }

  private func gateKey(_ key: Configuration.ClientKey, of user: Int, _ identity: Identity) -> GateTables.ClientKey {
    var compiled = GateTables.ClientKey(
      user: user, credential: credential(key, identity), validity: key.validity,
      fingerprint: fingerprint(of: key, user: configuration.users[user]), door: key.door, deed: key.deed)
    compiled.limits = limits(key)
    checkCarriesCodes(key)
    compiled.hours = calendars.place(of: key.hours)
    return compiled
  }

  private func credential(_ key: Configuration.ClientKey, _ identity: Identity) -> Credential {
    switch key.form {
    case .spa(let key): .spa(spa(key, identity))
    case .ports(let ports): .ports(self.ports(ports))
    case .sadoor(let sadoor): .sadoor(self.sadoor(sadoor))
    case .rolling(let rolling): .rolling(self.rolling(rolling, door: key.door))
    case .knockd(let key): .knockd(knockd(key))
    case .cd00r(let key): .cd00r(key.credential)
    case .pasmal(let pasmal): .pasmal(self.pasmal(pasmal, key))
    case .doorman(let key): .doorman(doorman(key))
    case .tumbler(let key): .tumbler(tumbler(key))
    case .header(let key): .header(key.credential)
    case .syn(let key): .syn(syn(key))
    case .fwknop(let key): .fwknop(fwknop(key))
    }
  }

  /// What operators and files know a key by: of `spa` its public half, else a hash of its name, which tells nothing of a secret.
  func fingerprint(of key: Configuration.ClientKey, user: Configuration.User) -> UInt64 {
    switch key.form {
    case .spa(let spa): return spa.publicKey.value.high.high
    case .ports, .sadoor, .rolling: return fingerprint(ofName: key, user: user)
    case .knockd, .cd00r, .pasmal: return fingerprint(ofName: key, user: user)
    case .doorman, .tumbler, .header, .syn: return fingerprint(ofName: key, user: user)
    case .fwknop: return fingerprint(ofName: key, user: user)
    }
  }

  /// For forms without a public half.
  func fingerprint(ofName key: Configuration.ClientKey, user: Configuration.User) -> UInt64 {
    world.sha256(Array("postern key \(key.form.knockProtocol) \(user.name.value)/\(key.name.value)".utf8)).high.high
  }

  private func spa(_ key: Configuration.SPAKey, _ identity: Identity) -> SPACredential {
    if identity.publicKeys.contains(key.publicKey.value) {
      complaints.add("this public key is the gateway's own", at: key.publicKey.position)
    }
    if identity.keys.contains(where: { !world.agrees($0.privateKey, key.publicKey.value) }) {
      complaints.add("this public key is a point of small order: nobody's private key leads to it", at: key.publicKey.position)
    }
    return SPACredential(publicKey: key.publicKey.value, presharedKey: presharedKey(key))
  }

  private func presharedKey(_ key: Configuration.SPAKey) -> Bytes32 {
    guard let file = key.presharedKey, let secret = secret(file) else { return .zero }
    if secret == .zero {
      complaints.add("\(file.value.quoted) holds zeros; say psk-none = true to do without", at: file.position)
    }
    return secret
  }

  private func gateUser(_ user: Configuration.User) -> GateTables.User {
    var compiled = GateTables.User(
      doors: user.doors, defaultDoor: user.defaultDoor, longestLease: user.longestLease,
      mayUsePacketSource: user.mayUsePacketSource, validity: user.validity, keyBucket: bucket(of: user),
      isDisabled: user.isDisabled, actions: user.actions)
    compiled.hours = calendars.place(of: user.hours)
    return compiled
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
    var compiled = GateTables.Door(
      id: id, hasIPv4: door.ipv4 != nil, hasIPv6: door.ipv6 != nil, defaultLease: door.defaultLease,
      longestLease: door.longestLease, weakest: door.weakest, addresses: door.addresses,
      allowsLinkLocal: door.allowsLinkLocal, services: door.services,
      forwards: [door.forward.ipv4?.target, door.forward.ipv6?.target].compactMap(\.self))
    compiled.hours = calendars.place(of: door.hours)
    compiled.systems = door.systems
    return compiled
  }
}
