// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension ImportedConfiguration {
  /// Takes over a sadoor.conf with its packet file and its key: the packets become the script of one key.
  ///
  /// `packets` is the path of the packet file that the operator names, instead of the one in the text.
  package static func sadoor(
    _ text: ForeignText, packets: String?, _ files: ForeignFiles
  ) throws(ImportFailure) -> ImportedConfiguration {
    var imported = ImportedConfiguration(.sadoor, text.file)
    let file = SAdoorFile(text, &imported.collectedNotes)
    guard let path = packets ?? file["PacketConfigFile"]?.text else {
      throw ImportFailure("names no PacketConfigFile: say it with --packets", at: text.start)
    }
    let script = SAdoorScript(try files.text(path), &imported.collectedNotes)
    try imported.collectedNotes.check()
    imported.take(file, script, files, text.start)
    return imported
  }

  private mutating func take(_ file: SAdoorFile, _ script: SAdoorScript, _ files: ForeignFiles, _ start: ImportPosition) {
    remarks.append(
      "The old command packet has no authentication: who holds one back can change its command. Give clients of Postern a key of their "
        + "own with form = \"sealed\".")
    noteDifferences(file, start)
    var user = ImportedUser("sadoor", at: start)
    user.comments.append("Whoever has the key file. \"doors\" are what he may open with run \"open tcp/22\"; there is none yet.")
    user.fields.append(TomlField("packet-source", .flag(true)))
    let key = key(file, script, files, start)
    let actions = nullAction(file)
    user.add(key, actions.map { .run(action: $0) } ?? .unknown)
    users.append(user)
    let interface = file["ListenIface"]
    if let interface {
      collectedNotes.remark("packets of interface \(interface.text.quoted) alone: the rules below say it", at: interface.position)
    }
    rules = script.rules(interface: interface?.text)
  }

  private mutating func noteDifferences(_ file: SAdoorFile, _ start: ImportPosition) {
    collectedNotes.gap(
      "commands were lines for a root shell; here they open doors (\"open tcp/22\") or start actions that the user has: name them in "
        + "\"doors\" and \"actions\" of [users.sadoor], and switch it on", at: start)
    collectedNotes.remark(
      "one position in the script for all senders was one too many: each sender has his own (scope)", at: start)
    for (keyword, text) in [
      ("RunOnConnect", "no shell is ever served: let an action with \"serve\" listen"),
      ("SADBFile", "the client's own file is not read"),
    ] {
      if let value = file[keyword] { collectedNotes.gap(text, at: value.position) }
    }
    if file.isOn("EnableReplayProtection") == false, let value = file["EnableReplayProtection"] {
      collectedNotes.remark("a repeated command is always refused", at: value.position)
    }
  }

  /// What ran when a command packet carried no command.
  private mutating func nullAction(_ file: SAdoorFile) -> String? {
    guard let command = file["NULLCommand"] else { return nil }
    collectedNotes.gap(
      "a knock without a command opens the key's door, it starts nothing: the action is there for a run by its name",
      at: command.position)
    let name = action("null-command", command, "%IP%", for: .keyed)
    return isReady(name) ? name : nil
  }

  // MARK: The key

  private mutating func key(
    _ file: SAdoorFile, _ script: SAdoorScript, _ files: ForeignFiles, _ start: ImportPosition
  ) -> ImportedKey {
    var key = ImportedKey("sadoor", .keyed, at: script.position)
    key.fields = [
      TomlField("protocol", ForeignSystem.sadoor.protocolName), TomlField("form", "legacy-blowfish"),
      TomlField("secret", secret(file, files, start)), TomlField("timeout", durationText(timeout(file))),
      TomlField("packets", .block(script.lines)),
    ]
    return key
  }

  /// Blowfish takes keys of this length; SAdoor's have 56.
  private static let keyLengths = 4...56
  private static let keyFile = "sadoor.key"

  private mutating func secret(_ file: SAdoorFile, _ files: ForeignFiles, _ start: ImportPosition) -> String {
    let meaning = "the 56 bytes of SAdoor's key file, as they are"
    guard let path = file["PrivateKeyFile"] else {
      collectedNotes.gap("names no PrivateKeyFile: put \(meaning), into \(Self.keyFile)", at: start)
      return Self.keyFile
    }
    do throws(ImportFailure) {
      let bytes = try files.bytes(path.text, Self.keyLengths.upperBound)
      guard Self.keyLengths.contains(bytes.count) else {
        throw ImportFailure("\(bytes.count) bytes", at: path.position)
      }
      return keep(bytes, as: Self.keyFile, from: path.position, meaning: meaning)
    } catch {
      collectedNotes.gap(
        "the key file cannot be used (\(error.notes.first?.text ?? "")): put \(meaning), into \(Self.keyFile)", at: path.position)
      return Self.keyFile
    }
  }

  private static let longestTimeout: UInt32 = 600
  private static let standardTimeout: UInt32 = 30

  private mutating func timeout(_ file: SAdoorFile) -> UInt32 {
    guard let value = file["PacketsTimeoutSec"] else { return Self.standardTimeout }
    guard let seconds = UInt32(value.text) else {
      collectedNotes.gap("\(value.text.quoted) is no number of seconds: \(Self.standardTimeout) count", at: value.position)
      return Self.standardTimeout
    }
    guard seconds == 0 || seconds > Self.longestTimeout else { return seconds }
    collectedNotes.gap("an attempt ends after at most \(Self.longestTimeout) s", at: value.position)
    return Self.longestTimeout
  }
}
