// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedConfiguration {
  /// Takes over a tumblerd.conf: each door becomes a key with its secret, and what its command did a door or an action.
  package static func tumbler(_ text: ForeignText) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.tumbler, text.file)
    let file = TumblerFile(text, &imported.collectedNotes)
    try imported.collectedNotes.check()
    imported.take(file, text.start)
    return imported
  }

  private mutating func take(_ file: TumblerFile, _ start: ImportPosition) {
    guard !file.doors.isEmpty else { return collectedNotes.remark("there is no door in it", at: start) }
    remarks.append(
      "The texts that tumbler hashed are documented nowhere in full: try one knock of an old client, and set time and separator of "
        + "the keys otherwise if it does not fit.")
    let pairs = file.doors.map { door in
      CommandPair(
        title: door.name,
        start: door.command.map { ForeignValue($0.text.replacing("%NAME%", with: door.name), at: $0.position) }
          ?? ForeignValue("", at: door.position), seconds: 0, address: "%IP%", strength: .keyed)
    }
    let deeds = deeds(of: pairs)
    var user = ImportedUser("tumbler", at: start)
    user.comments.append("Whoever knows the secret of a door.")
    user.fields.append(TomlField("packet-source", .flag(true)))
    var names = NameBook()
    for (door, deed) in zip(file.doors, deeds) {
      user.add(key(door, names.name(for: door.name, or: "door"), deed, port: file.port), deed)
    }
    users.append(user)
    rules =
      Port(file.port).flatMap { NftRules(prefix: ForeignSystem.tumbler.protocolName).rule(.udp, [$0], length: 82) }.map {
        [$0]
      } ?? []
  }

  private mutating func key(_ door: TumblerFile.Door, _ name: String, _ deed: KnockDeed, port: UInt16) -> ImportedKey {
    var key = ImportedKey(name, .keyed, at: door.position)
    key.fields = [TomlField("protocol", ForeignSystem.tumbler.protocolName), TomlField("port", .number(Int64(port)))]
    if let secret = door.secret {
      key.fields.append(
        TomlField("secret", keep(secret, as: "tumbler-\(name).secret", meaning: "the secret of door \(door.name)")))
    }
    add(deed, to: &key)
    return key
  }
}

extension ImportedConfiguration {
  /// Puts a secret text into a file of its own, a line feed behind it, and gives the file's name.
  mutating func keep(_ secret: ForeignValue, as name: String, meaning: String) -> String {
    keep(Array(secret.text.utf8), as: name, from: secret.position, meaning: meaning)
  }

  mutating func keep(_ secret: [UInt8], as name: String, from origin: ImportPosition, meaning: String) -> String {
    secrets.append(
      ImportedSecret(
        name: name, origin: origin, meaning: meaning, content: secret + [UInt8(ascii: "\n")]))
    return name
  }
}
