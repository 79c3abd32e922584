// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedConfiguration {
  /// Takes over a doormand.cf with its guest list: each group becomes a user, each port a one-shot door.
  ///
  /// `guestList` is the path that the operator names, instead of the one in the file.
  package static func doorman(
    _ text: ForeignText, guestList: String?, _ files: ForeignFiles
  ) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.doorman, text.file)
    let file = DoormanFile(text, &imported.collectedNotes)
    guard let path = guestList ?? file.guestList?.text else {
      throw ImportFailure("names no guestlist: say it with --guestlist", at: text.start)
    }
    let guests = DoormanGuests(try files.text(path), files, &imported.collectedNotes)
    try imported.collectedNotes.check()
    imported.take(file, guests, text.start)
    return imported
  }

  private mutating func take(_ file: DoormanFile, _ guests: DoormanGuests, _ start: ImportPosition) {
    remarks.append(
      "One flow a knock, as Doorman let it: the doors are one-shot doors (nft/postern.nft has their rules), and end with the session."
    )
    var names = NameBook()
    for record in guests.records {
      let name = names.name(for: record.group.text, or: "group")
      if name != record.group.text {
        collectedNotes.remark("\(record.group.text.quoted) is the user \(name) now", at: record.group.position)
      }
      users.append(user(record, name, file))
    }
    if guests.records.isEmpty { collectedNotes.remark("there is nobody on the guest list", at: start) }
    if let interface = file.interface {
      collectedNotes.remark("packets of interface \(interface.text.quoted) alone: the rule below says it", at: interface.position)
    }
    let nft = NftRules(prefix: ForeignSystem.doorman.protocolName, interface: file.interface?.text)
    rules = Port(file.port).flatMap { nft.rule(.udp, [$0]) }.map { [$0] } ?? []
  }

  private mutating func user(_ record: DoormanGuests.Record, _ name: String, _ file: DoormanFile) -> ImportedUser {
    var user = ImportedUser(name, at: record.group.position)
    user.fields.append(TomlField("packet-source", .flag(true)))
    for port in record.ports {
      var content = ImportedDoor.Content([Service(.tcp, port)], lease: file.waitFor)
      content.isOnce = true
      user.mayOpen(doors.door(content, for: .keyed, at: record.group.position, admitsPacketSource: true))
    }
    user.keys.append(key(record, name, file))
    return user
  }

  private mutating func key(_ record: DoormanGuests.Record, _ name: String, _ file: DoormanFile) -> ImportedKey {
    var key = ImportedKey("doorman", .keyed, at: record.group.position)
    key.fields = [
      TomlField("protocol", ForeignSystem.doorman.protocolName), TomlField("port", .number(Int64(file.port))),
      TomlField("group", record.group.text),
    ]
    if let secret = record.secret {
      key.fields.append(
        TomlField("secret", keep(secret, as: "doorman-\(name).secret", meaning: "the secret of group \(record.group.text)")))
    }
    key.fields.append(TomlField("ports", .numbers(record.ports.map { Int64($0.number) })))
    let networks = record.networks.filter { $0.length > 0 }
    if networks.count == record.networks.count, !networks.isEmpty {
      key.fields.append(TomlField("networks", .texts(networks.map { "\($0)" })))
    }
    if record.networks.isEmpty {
      key.isOff = true
      key.comments.append("None of the group's addresses could be carried.")
    }
    return key
  }
}
