// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A doormand.cf, as far as it says something about doors.
struct DoormanFile: Sendable {
  /// doormand cuts longer lines.
  static let longestLine = 127

  private(set) var port: UInt16 = 1001
  /// Seconds in which the first packet has to come.
  private(set) var waitFor: UInt32 = 10
  private(set) var interface: ForeignValue?
  private(set) var guestList: ForeignValue?

  /// What of doormand has a counterpart that needs no setting, or none that is missed.
  private static let needless: Set<String> = [
    "connection-delay-1", "connection-delay-2", "logfile", "loglevel", "pidfile", "hash-archive", "hash-archive-size",
    "link-header-length", "fail-limit", "fail-delay",
  ]

  init(_ text: ForeignText, _ notes: inout ImportNotes) {
    for line in text.lines {
      if line.text.utf8.count > Self.longestLine { notes.remark("doormand cut lines of this length", at: line.position) }
      let words = line.text.cut(before: "#").words
      guard let keyword = words.first else { continue }
      guard words.count >= 2 else {
        notes.refuse("\(keyword.quoted) has no value", at: line.position)
        continue
      }
      read(keyword.asciiLowercased.replacing("_", with: "-"), ForeignValue(words[1], at: line.position), &notes)
    }
  }

  private mutating func read(_ keyword: String, _ value: ForeignValue, _ notes: inout ImportNotes) {
    switch keyword {
    case "interface": interface = value
    case "guestlist": guestList = value
    case "port":
      guard let port = Port(value.text) else { return notes.refuse("\(value.text.quoted) is no port", at: value.position) }
      self.port = port.number
    case "waitfor":
      guard let seconds = UInt32(value.text), (1...3600).contains(seconds) else {
        return notes.refuse("\(value.text.quoted) is no time from 1 to 3600 seconds", at: value.position)
      }
      waitFor = seconds
    case "firewall-add", "firewall-del":
      notes.remark("no script runs: the door's sets let the client in, and the kernel takes him out", at: value.position)
    case _ where Self.needless.contains(keyword): break
    default: notes.remark("doormand passes over the unknown keyword \(keyword.quoted)", at: value.position)
    }
  }
}
