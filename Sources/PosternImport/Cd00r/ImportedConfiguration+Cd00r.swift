// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedConfiguration {
  /// Takes over the code list that was compiled into a cd00r.
  package static func cd00r(_ text: ForeignText) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.cd00r, text.file)
    let source = Cd00rSource(text)
    guard let list = source.defines["CDR_PORTS"] else { throw ImportFailure("defines no CDR_PORTS", at: text.start) }
    let ports = Cd00rPorts.read(list, &imported.collectedNotes)
    try imported.collectedNotes.check()
    imported.take(source, ports, list.position)
    return imported
  }

  /// What cd00r's inetd listened at.
  private static let shellPort: UInt16 = 5002
  private static let lease: UInt32 = 30

  private mutating func take(_ source: Cd00rSource, _ ports: [Port], _ position: ImportPosition) {
    remarks.append("A list of ports proves nothing about who knocks: whoever sees the packets can repeat them.")
    noteDifferences(source, position)
    let services = Port(Self.shellPort).map { [Service(.tcp, $0)] } ?? []
    let door = doors.door(
      .init(services, lease: Self.lease), for: .plain, at: position, admitsPacketSource: true)
    var user = ImportedUser("cd00r", at: position)
    user.comments.append("Whoever knows the list.")
    user.fields.append(TomlField("packet-source", .flag(true)))
    user.mayOpen(door)
    user.keys.append(key(source, ports, door, position))
    users.append(user)
    let interface = source.defines["CDR_INTERFACE"].map { $0.text.parts("\"").dropFirst().first ?? $0.text }
    rules = [NftRules(prefix: ForeignSystem.cd00r.protocolName, interface: interface).rule(.tcp, ports, flags: ["syn", "!ack"])]
      .compactMap { $0 }
  }

  private mutating func noteDifferences(_ source: Cd00rSource, _ position: ImportPosition) {
    collectedNotes.gap(
      "cd00r started inetd with a root shell at port \(Self.shellPort); nothing starts here, the door opens the port: name in \"ports\" "
        + "what you want to reach, or let an action with \"service\" listen", at: position)
    collectedNotes.remark(
      "cd00r had one position in the list for all senders, and no end of waiting; here each sender has his own, for \(Self.lease) s",
      at: position)
    if let noise = source.defines["CDR_NOISE_COMMAND"] {
      collectedNotes.remark("the word on cd00r's command line has no counterpart", at: noise.position)
    }
  }

  private mutating func key(_ source: Cd00rSource, _ ports: [Port], _ door: String, _ position: ImportPosition) -> ImportedKey {
    var key = ImportedKey("list", .plain, at: position)
    key.fields = [
      TomlField("protocol", ForeignSystem.cd00r.protocolName), TomlField("sequence", .texts(ports.map { "tcp/\($0)" })),
      TomlField("reset", .flag(source.defines["CDR_CODERESET"] != nil)),
    ]
    if source.defines["CDR_SENDER_ADDR"] == nil {
      key.fields += [TomlField("global-state", .flag(true)), TomlField("same-sender", .flag(false))]
      key.comments.append("CDR_SENDER_ADDR was not defined: the packets may come from several senders.")
    }
    if let address = source.defines["CDR_ADDRESS"] { key.fields += target(address) }
    key.fields += [TomlField("timeout", durationText(Self.lease)), TomlField("door", door)]
    return key
  }

  private mutating func target(_ address: ForeignValue) -> [TomlField] {
    let text = address.text.parts("\"").dropFirst().first ?? address.text
    guard IPAddress(text) != nil else {
      collectedNotes.gap("CDR_ADDRESS is no address: packets to every address count", at: address.position)
      return []
    }
    return [TomlField("target", text)]
  }
}
