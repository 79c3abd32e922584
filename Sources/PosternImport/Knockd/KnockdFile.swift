// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A knockd.conf: its doors in the order of the text. What knockd accepts in silence and misunderstands is refused here.
struct KnockdFile: Sendable {
  struct Step: Hashable, Sendable {
    let port: Port
    let transport: TransportProtocol
  }

  struct Door: Sendable {
    let name: String
    let position: ImportPosition
    var sequence: [Step]?
    var sequencePosition: ImportPosition?
    /// The file that was named, and its sequences that are still unused.
    var oneTime: ForeignValue?
    var unused: [[Step]] = []
    /// Seconds for the whole sequence.
    var timeout: UInt32 = 25
    /// In the order of the text, `!ack` for a flag that must not be set.
    var flags: [String] = []
    var target: ForeignValue?
    var start: ForeignValue?
    var stop: ForeignValue?
    var start6: ForeignValue?
    var stop6: ForeignValue?
    /// Seconds between start and stop.
    var commandTimeout: UInt32 = 10
  }

  static let longestName = 127
  static let longestSequence = 32
  /// Each of them is compared with every packet.
  static let mostDoors = 256

  private(set) var doors: [Door] = []
  private(set) var interface: ForeignValue?
  private var isInOptions = false
  private var seen: Set<String> = []

  init(_ text: ForeignText, _ files: ForeignFiles, _ notes: inout ImportNotes) {
    for line in text.lines { read(line.text.trimmed, at: line.position, files, &notes) }
    endDoor(&notes)
  }

  private mutating func read(_ line: String, at position: ImportPosition, _ files: ForeignFiles, _ notes: inout ImportNotes) {
    guard !line.isEmpty, !line.hasPrefix("#") else { return }
    if line.hasPrefix("["), line.hasSuffix("]") {
      endDoor(&notes)
      begin(String(line.dropFirst().dropLast()), at: position, &notes)
      return
    }
    guard isInOptions || !doors.isEmpty else { return notes.refuse("stands outside of every section", at: position) }
    let parts = line.parts("=", atMost: 2)
    let (key, value) = (parts[0].trimmed.asciiLowercased, parts.count == 2 ? ForeignValue(parts[1].trimmed, at: position) : nil)
    if key == "usesyslog", value == nil { return }
    guard let value else { return notes.refuse("neither a section nor \"key = value\": \(key.quoted)", at: position) }
    if isInOptions { readOption(key, value, &notes) } else { readDirective(key, value, files, &notes) }
  }

  private mutating func begin(_ name: String, at position: ImportPosition, _ notes: inout ImportNotes) {
    seen = []
    isInOptions = name.asciiLowercased == "options"
    guard !isInOptions else {
      if name != "options" { notes.remark("knockd knows only \"[options]\", in small letters", at: position) }
      return
    }
    if !(1...Self.longestName).contains(name.utf8.count) {
      notes.refuse("a section's name has 1 to \(Self.longestName) bytes", at: position)
    }
    if doors.contains(where: { $0.name == name }) { notes.refuse("there are two doors called \(name.quoted)", at: position) }
    if doors.count == Self.mostDoors { notes.refuse("there are more than \(Self.mostDoors) doors", at: position) }
    guard doors.count < Self.mostDoors else { return }
    doors.append(Door(name: name, position: position))
  }

  private func endDoor(_ notes: inout ImportNotes) {
    guard !isInOptions, let door = doors.last, door.sequence == nil, door.oneTime == nil else { return }
    notes.refuse("section \(door.name.quoted) has no sequence", at: door.position)
  }

  private mutating func readOption(_ key: String, _ value: ForeignValue, _ notes: inout ImportNotes) {
    switch key {
    case "logfile", "pidfile": break
    case "interface": interface = value
    default: notes.refuse("unknown option \(key.quoted)", at: value.position)
    }
  }

  private mutating func readDirective(_ key: String, _ value: ForeignValue, _ files: ForeignFiles, _ notes: inout ImportNotes) {
    guard let last = doors.indices.last else { return }
    if !seen.insert(key).inserted, key != "tcpflags", key != "sequence" {
      notes.remark("\(key.quoted) stands twice in this section; the last one counts", at: value.position)
    }
    switch key {
    case "sequence": readSequence(value, &doors[last], &notes)
    case "one_time_sequences": KnockdOneTime.read(value, files, into: &doors[last], &notes)
    case "seq_timeout", "timeout": doors[last].timeout = KnockdNumber.seconds(value, &notes) ?? doors[last].timeout
    case "cmd_timeout": doors[last].commandTimeout = KnockdNumber.seconds(value, &notes) ?? doors[last].commandTimeout
    case "tcpflags": KnockdFlags.read(value, into: &doors[last].flags, &notes)
    case "target": doors[last].target = value
    case "start_command", "command": doors[last].start = value
    case "start_command_6", "command_6": doors[last].start6 = value
    case "stop_command": doors[last].stop = value
    case "stop_command_6": doors[last].stop6 = value
    default: notes.refuse("unknown directive \(key.quoted)", at: value.position)
    }
  }

  private func readSequence(_ value: ForeignValue, _ door: inout Door, _ notes: inout ImportNotes) {
    if let first = door.sequencePosition {
      notes.refuse("a second sequence beside that of line \(first.line): knockd took the last one", at: value.position)
    }
    door.sequencePosition = value.position
    switch KnockdSequence.steps(value.text) {
    case .success(let steps): door.sequence = steps
    case .failure(let flaw):
      door.sequence = []
      notes.refuse(flaw.text, at: value.position)
    }
  }
}
