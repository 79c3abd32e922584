// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedConfiguration {
  /// Takes over an access.conf with what it includes, and an fwknopd.conf: each stanza becomes a user with a key, each of its services
  /// a door.
  package static func fwknop(
    access: ForeignText, server: ForeignText?, _ files: ForeignFiles
  ) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.fwknop, access.file)
    let access = FwknopAccess(access, files, &imported.collectedNotes)
    let settings = server.map { FwknopServer($0, &imported.collectedNotes) } ?? FwknopServer()
    for stanza in access.stanzas { imported.check(stanza) }
    var known = Known()
    for stanza in access.stanzas { imported.take(stanza, &known) }
    imported.noteServer(settings)
    try imported.collectedNotes.check()
    return imported
  }

  /// What earlier stanzas have taken.
  private struct Known {
    var names = NameBook()
    /// What tells a key's packets from those of others.
    var secrets: [[UInt8]: ImportPosition] = [:]
  }

  /// What fwknopd itself refuses.
  private mutating func check(_ stanza: FwknopStanza) {
    if !stanza.namesKey, !stanza.usesGPG {
      collectedNotes.refuse("the stanza has no key: fwknopd does not start with it", at: stanza.source.position)
    }
    if let key = stanza.key, let hmac = stanza.hmacKey, key.bytes == hmac.bytes {
      collectedNotes.refuse("the two keys of the stanza are the same: fwknopd does not start with it", at: hmac.position)
    }
  }

  private mutating func take(_ stanza: FwknopStanza, _ known: inout Known) {
    noteStanza(stanza)
    guard let secret = stanza.hmacKey ?? stanza.key, stanza.key != nil else {
      return collectedNotes.gap(
        "the stanza knows GPG alone, which Postern does not read: no user comes of it", at: stanza.source.position)
    }
    let required = stanza["REQUIRE_USERNAME"]?.text
    let name = known.names.name(for: required ?? "fwknop", or: "fwknop")
    if let required, required != name {
      collectedNotes.remark(
        "\(required.quoted) is the user \(name) now", at: stanza["REQUIRE_USERNAME"]?.position ?? stanza.source.position)
    }
    var user = ImportedUser(name, at: stanza.source.position)
    addRights(of: stanza, to: &user)
    addDoors(of: stanza, to: &user)
    var key = key(stanza, name)
    if let first = known.secrets.updateValue(secret.position, forKey: secret.bytes) {
      key.isOff = true
      collectedNotes.gap(
        "the same key as at \(first), by which packets are told apart: make one stanza of both", at: secret.position)
    }
    user.keys.append(key)
    users.append(user)
  }

  private mutating func addRights(of stanza: FwknopStanza, to user: inout ImportedUser) {
    if !stanza.needsAddress { user.fields.append(TomlField("packet-source", .flag(true))) }
    if let end = FwknopTimes.end(stanza, &collectedNotes) { user.fields.append(TomlField("not-after", .time(end))) }
  }

  // MARK: Doors

  private mutating func addDoors(of stanza: FwknopStanza, to user: inout ImportedUser) {
    let cycle = FwknopCycle(stanza, &collectedNotes)
    let services = FwknopPorts.open(stanza, &collectedNotes)
    let lease = stanza["FW_ACCESS_TIMEOUT"].flatMap { FwknopTimes.seconds($0, &collectedNotes) } ?? 0
    let longest = stanza["MAX_FW_TIMEOUT"].flatMap { FwknopTimes.seconds($0, &collectedNotes) } ?? 0
    let forward = stanza["FORCE_NAT"].flatMap { self.forward($0) }
    let isDoor = cycle.map { cycle in !services.isEmpty && services.allSatisfy { cycle.isDoor(for: $0) } } ?? false
    let actions = isDoor ? nil : cycle.map { cycleActions($0, user.name) }
    if isDoor, let cycle { collectedNotes.remark("the door itself does what this command did", at: cycle.open.position) }
    for service in services {
      let standard = lease == 0 ? FwknopTimes.standardLease : lease
      var content = ImportedDoor.Content(
        [service], lease: cycle?.seconds ?? standard, longest: longest == 0 ? FwknopTimes.standardLongest : longest)
      content.forward = forward
      if forward != nil { content.ownSet = Self.insideSet }
      content.onOpen = actions?.open
      content.onClose = actions?.close
      user.mayOpen(
        doors.door(content, for: stanza.strength, at: stanza.source.position, admitsPacketSource: !stanza.needsAddress))
    }
  }

  /// The set that lets led flows pass in nft/examples/near-line.nft.
  private static let insideSet = ImportedDoor.OwnSet(table: "inet filter", name: "inside4", family: .ipv4)

  /// `10.0.0.5 22`; clients reach that port of that host, whatever they asked for.
  private mutating func forward(_ value: ForeignValue) -> ImportedDoor.Forward? {
    let words = value.text.words
    guard words.count == 2, let address = IPv4Address(words[0]), let port = Port(words[1].parts("/").last ?? "") else {
      collectedNotes.gap("\(value.text.quoted) is no address with a port: the doors lead nowhere", at: value.position)
      return nil
    }
    collectedNotes.remark(
      "the doors lead to \(address):\(port) through a map and a set of nft/examples/near-line.nft: change the names for yours",
      at: value.position)
    return ImportedDoor.Forward(address: address, port: port)
  }

  private mutating func cycleActions(_ cycle: FwknopCycle, _ user: String) -> (open: String?, close: String?) {
    collectedNotes.remark(
      "the command runs as an action of the user's doors, after the policy, with the address beside it in the door's set",
      at: cycle.open.position)
    let replaced = { (value: ForeignValue) in ForeignValue(FwknopCycle.replaced(value.text), at: value.position) }
    let open = action("\(user)-open", replaced(cycle.open), FwknopCycle.address)
    let close = cycle.close.map { action("\(user)-close", replaced($0), FwknopCycle.address) }
    return (isReady(open) ? open : nil, close.flatMap { isReady($0) ? $0 : nil })
  }

  // MARK: Keys

  /// What the configuration wants to read before a packet without an HMAC counts.
  private static let legacyWords = "legacy: packets without an HMAC"

  private mutating func key(_ stanza: FwknopStanza, _ user: String) -> ImportedKey {
    var key = ImportedKey("fwknop", stanza.strength, at: stanza.source.position)
    key.fields.append(TomlField("protocol", ForeignSystem.fwknop.protocolName))
    if let secret = stanza.key {
      key.fields.append(
        TomlField("key-base64", keep(secret, as: "fwknop-\(user).key", "the encryption key of \(user)")))
    }
    addHMAC(of: stanza, user, to: &key)
    addMode(of: stanza, to: &key)
    addUser(of: stanza, to: &key)
    if stanza.needsAddress { key.fields.append(TomlField("require-address", .flag(true))) }
    addSources(of: stanza, to: &key)
    return key
  }

  private mutating func addHMAC(of stanza: FwknopStanza, _ user: String, to key: inout ImportedKey) {
    guard let secret = stanza.hmacKey else {
      key.comments.append(
        "There is no HMAC key: whoever records a packet can alter it. Clients should get one (fwknop --key-gen).")
      key.fields.append(TomlField("hmac-none", Self.legacyWords))
      return
    }
    key.fields.append(TomlField("hmac-base64", keep(secret, as: "fwknop-\(user).hmac", "the HMAC key of \(user)")))
    guard let type = stanza["HMAC_DIGEST_TYPE"] else { return }
    let word = type.text.asciiLowercased
    guard ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"].contains(word) else {
      return collectedNotes.refuse("\(type.text.quoted) is no digest that fwknopd knows", at: type.position)
    }
    key.fields.append(TomlField("hmac-type", word))
  }

  private mutating func addMode(of stanza: FwknopStanza, to key: inout ImportedKey) {
    guard let mode = stanza["ENCRYPTION_MODE"] else { return }
    switch mode.text.asciiLowercased {
    case "cbc": break
    case "legacy" where stanza.hmacKey != nil:
      key.isOff = true
      collectedNotes.gap("no client makes an HMAC in legacy mode", at: mode.position)
    case "legacy": key.fields.append(TomlField("mode", "legacy"))
    default:
      key.isOff = true
      collectedNotes.gap(
        "Postern reads the modes cbc and legacy, not \(mode.text.quoted): clients have to change", at: mode.position)
    }
  }

  private mutating func addUser(of stanza: FwknopStanza, to key: inout ImportedKey) {
    guard let user = stanza["REQUIRE_USERNAME"] else { return }
    key.fields.append(TomlField("require-user", user.text))
    guard !FwknopName.isName(user.text) else { return }
    key.isOff = true
    collectedNotes.gap("no client can send the name \(user.text.quoted): the stanza never fitted", at: user.position)
  }

  private mutating func addSources(of stanza: FwknopStanza, to key: inout ImportedKey) {
    if let destination = stanza["DESTINATION"], FwknopNetworks.read(destination, &collectedNotes) != .any {
      collectedNotes.gap(
        "packets to every address of the gateway count: say \"ip daddr\" in the rule that logs them", at: destination.position)
    }
    switch FwknopNetworks.read(stanza.source, &collectedNotes) {
    case .any: break
    case .networks(let networks):
      // No readable network admits nobody, which no list says.
      if networks.isEmpty { key.isOff = true }
      key.fields.append(TomlField("from", .texts(networks.map { "\($0)" })))
    }
  }

  /// Puts a key into a file of its own, in base64.
  private mutating func keep(_ secret: FwknopStanza.Key, as name: String, _ meaning: String) -> String {
    keep(Array(Base64.encode(secret.bytes).utf8), as: name, from: secret.position, meaning: meaning + ", in base64")
  }
}

extension FwknopStanza {
  /// Its packets have to name an address.
  var needsAddress: Bool { isOn("REQUIRE_SOURCE_ADDRESS") || isOn("REQUIRE_SOURCE") }

  var strength: Strength { hmacKey == nil ? .keyed : .authenticated }
}
