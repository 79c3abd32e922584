// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A tumblerd.conf: where it listens, and doors with a secret and a command each.
struct TumblerFile: Sendable {
  struct Door: Sendable {
    /// Without `door-`.
    let name: String
    let position: ImportPosition
    var secret: ForeignValue?
    var command: ForeignValue?
  }

  /// Each costs a hash a packet and minute.
  static let mostDoors = 64
  static let standardPort: UInt16 = 8675

  private(set) var port = Self.standardPort
  private(set) var doors: [Door] = []
  /// Nil before the first section.
  private var section: String?

  init(_ text: ForeignText, _ notes: inout ImportNotes) {
    for line in text.lines { read(line.text.trimmed, at: line.position, &notes) }
    for door in doors where door.secret == nil || door.command == nil {
      notes.refuse("door \(door.name.quoted) needs a secret and a command", at: door.position)
    }
  }

  private mutating func read(_ line: String, at position: ImportPosition, _ notes: inout ImportNotes) {
    guard !line.isEmpty, !line.hasPrefix("#") else { return }
    if line.hasPrefix("["), line.hasSuffix("]") {
      return begin(String(line.dropFirst().dropLast()).trimmed, at: position, &notes)
    }
    let parts = line.parts("=", atMost: 2).map(\.trimmed)
    guard parts.count == 2 else { return notes.refuse("neither a section nor \"key = value\"", at: position) }
    let (key, value) = (parts[0].asciiLowercased, ForeignValue(parts[1], at: position))
    guard let section else { return notes.refuse("stands outside of every section", at: position) }
    if section == "common" { readCommon(key, value, &notes) } else { readDoor(key, value, &notes) }
  }

  private mutating func begin(_ name: String, at position: ImportPosition, _ notes: inout ImportNotes) {
    section = name
    guard name != "common" else { return }
    guard name.hasPrefix("door-"), name.utf8.count > "door-".utf8.count else {
      return notes.refuse("unknown section \(name.quoted): [common] or [door-NAME]", at: position)
    }
    let door = Door(name: String(name.dropFirst("door-".count)), position: position)
    if doors.contains(where: { $0.name == door.name }) {
      notes.refuse("there are two doors called \(door.name.quoted)", at: position)
    }
    guard doors.count < Self.mostDoors else { return notes.refuse("there are more than \(Self.mostDoors) doors", at: position) }
    doors.append(door)
  }

  private mutating func readCommon(_ key: String, _ value: ForeignValue, _ notes: inout ImportNotes) {
    switch key {
    case "port":
      guard let port = Port(value.text) else { return notes.refuse("\(value.text.quoted) is no port", at: value.position) }
      self.port = port.number
    case "log": break
    default: notes.gap("unknown key \(key.quoted)", at: value.position)
    }
  }

  private mutating func readDoor(_ key: String, _ value: ForeignValue, _ notes: inout ImportNotes) {
    guard let last = doors.indices.last else { return }
    switch key {
    case "secret": doors[last].secret = value
    case "command": doors[last].command = value
    default: notes.gap("unknown key \(key.quoted)", at: value.position)
    }
  }
}
