// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedConfiguration {
  /// Takes over a knockd.conf: each section becomes a key, and what its commands did a door or an action.
  package static func knockd(_ text: ForeignText, _ files: ForeignFiles) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.knockd, text.file)
    let file = KnockdFile(text, files, &imported.collectedNotes)
    try imported.collectedNotes.check()
    imported.take(file, text.start)
    return imported
  }

  private mutating func take(_ file: KnockdFile, _ start: ImportPosition) {
    guard !file.doors.isEmpty else { return collectedNotes.remark("there is no door in it", at: start) }
    remarks.append("A sequence proves nothing about who knocks: whoever sees it can repeat it.")
    let deeds = deeds(of: file.doors.map(\.commands))
    var user = ImportedUser("knockd", at: start)
    user.comments.append("Whoever knows a sequence.")
    user.fields.append(TomlField("packet-source", .flag(true)))
    var names = NameBook()
    var knocks: [[String]: String] = [:]
    for (door, deed) in zip(file.doors, deeds) {
      let name = names.name(for: door.name, or: "sequence")
      if name != door.name { collectedNotes.remark("\(door.name.quoted) is called \(name) now", at: door.position) }
      var key = key(door, name, deed)
      if let knock = door.knock, let other = knocks.updateValue(door.name, forKey: knock) {
        key.isOff = true
        collectedNotes.gap("the same packets are the knock of \(other.quoted): a knock does one thing", at: door.position)
      }
      user.add(key, deed)
    }
    users.append(user)
    if let interface = file.interface {
      collectedNotes.remark("packets of interface \(interface.text.quoted) alone: the rules below say it", at: interface.position)
    }
    rules = file.rules
  }

  /// Of a sequence, in seconds.
  private static let longestTimeout: UInt32 = 3600

  private mutating func key(_ door: KnockdFile.Door, _ name: String, _ deed: KnockDeed) -> ImportedKey {
    var key = ImportedKey(name, door.strength, at: door.position)
    key.fields = [TomlField("protocol", ForeignSystem.knockd.protocolName)] + sequence(door, name, &key)
    if door.timeout > Self.longestTimeout { collectedNotes.gap("a sequence ends after at most an hour", at: door.position) }
    key.fields.append(TomlField("timeout", durationText(min(door.timeout, Self.longestTimeout))))
    if !door.flags.isEmpty { key.fields.append(TomlField("flags", .texts(door.flags))) }
    if let target = door.target { key.fields += self.target(target) }
    add(deed, to: &key)
    return key
  }

  private mutating func sequence(_ door: KnockdFile.Door, _ name: String, _ key: inout ImportedKey) -> [TomlField] {
    guard let oneTime = door.oneTime else { return [TomlField("sequence", .texts((door.sequence ?? []).map(\.text)))] }
    if door.sequence != nil {
      collectedNotes.remark("one-time sequences stand beside the fixed one: they count", at: oneTime.position)
    }
    if door.unused.isEmpty {
      key.isOff = true
      collectedNotes.gap("no unused sequence is left: the door is disabled", at: oneTime.position)
    }
    let lines = door.unused.map { $0.map(\.text).joined(separator: ",") }
    let file = keep(
      Array(lines.joined(separator: "\n").utf8), as: "knockd-\(name).sequences", from: oneTime.position,
      meaning: "the sequences of \(name), one a line, of which each opens once")
    return [TomlField("one-time-file", file)]
  }

  private mutating func target(_ target: ForeignValue) -> [TomlField] {
    guard IPAddress(target.text) != nil else {
      collectedNotes.gap("\(target.text.quoted) is no address: packets to every address count", at: target.position)
      return []
    }
    return [TomlField("target", target.text)]
  }
}

extension ImportedConfiguration {
  /// Says in the key what its knock does, and switches it off where that is not known.
  mutating func add(_ deed: KnockDeed, to key: inout ImportedKey) {
    switch deed {
    case .open(let door): key.fields.append(TomlField("door", door))
    case .close(let door): key.fields += [TomlField("door", door), TomlField("does", "close")]
    case .run(let action):
      key.fields += [TomlField("does", "run"), TomlField("action", action)]
      if !isReady(action) { key.isOff = true }
    case .unknown:
      key.isOff = true
      key.comments.append("No command stood there.")
      collectedNotes.gap("no command: nothing says what this knock is for", at: key.origin)
    }
    if let door = deed.door, doors.doors.contains(where: { $0.name == door && $0.isIncomplete }) { key.isOff = true }
  }
}

extension KnockdFile.Step {
  fileprivate var text: String { "\(transport)/\(port)" }
}

extension KnockdFile.Door {
  fileprivate var commands: CommandPair {
    var pair = CommandPair(
      title: name, start: start ?? ForeignValue("", at: position), seconds: commandTimeout, address: "%IP%",
      strength: strength)
    pair.start6 = start6
    pair.stop = stop
    pair.stop6 = stop6
    return pair
  }

  /// A list of one-time sequences is a secret while it lasts.
  fileprivate var strength: Strength { oneTime == nil ? .plain : .keyed }

  /// The packets of a knock that is always the same.
  fileprivate var knock: [String]? { oneTime == nil ? (sequence ?? []).map(\.text) + flags.sorted() : nil }

  fileprivate var steps: [KnockdFile.Step] { (sequence ?? []) + unused.flatMap { $0 } }
}

extension KnockdFile {
  /// TCP flags stand in a rule only where all doors agree: a packet must not meet two rules.
  fileprivate var rules: [String] {
    let steps = doors.flatMap(\.steps)
    let flags = Set(doors.map(\.flags))
    let rules = NftRules(prefix: ForeignSystem.knockd.protocolName, interface: interface?.text)
    let ports = { (transport: TransportProtocol) in steps.filter { $0.transport == transport }.map(\.port) }
    return [
      rules.rule(.tcp, ports(.tcp), flags: flags.count == 1 ? flags.first ?? [] : []), rules.rule(.udp, ports(.udp)),
    ].compactMap { $0 }
  }
}
