// SPDX-License-Identifier: Apache-2.0

/// Reads `syn,!ack`.
enum KnockdFlags {
  private static let known: Set<String> = ["fin", "syn", "rst", "psh", "ack", "urg"]

  /// Adds the flags to those of the lines before.
  static func read(_ value: ForeignValue, into flags: inout [String], _ notes: inout ImportNotes) {
    let list = value.text.cut(before: "#")
    if list != value.text { notes.remark("knockd takes the text behind # for flags and does not start", at: value.position) }
    for flag in list.parts(",").map({ $0.trimmed.asciiLowercased }) where !flags.contains(flag) {
      let name = flag.hasPrefix("!") ? String(flag.dropFirst()) : flag
      if !known.contains(name) {
        notes.refuse("unknown flag \(flag.quoted)", at: value.position)
      } else if flags.contains(flag == name ? "!" + name : name) {
        notes.refuse("no packet has \(name) and has it not", at: value.position)
      } else {
        flags.append(flag)
      }
    }
  }
}
