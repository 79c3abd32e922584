// SPDX-License-Identifier: Apache-2.0

/// A sadoor.conf: a keyword and a value on each line.
struct SAdoorFile: Sendable {
  private(set) var values: [String: ForeignValue] = [:]

  /// In small letters, as they are found here; SAdoor does not care.
  private static let known: Set<String> = [
    "ipv4address", "syslogverboselevel", "privatelogverboselevel", "privatelogfile", "privatekeyfile", "packetconfigfile",
    "sadbfile",
    "listeniface", "syslogfacility", "syslogpriority", "runpromisc", "packetstimeoutsec", "runonconnect", "pidfile",
    "createpidfile",
    "disableruncommand", "disableacceptcommand", "disableconnectcommand", "disablefiletransfer", "enablereplayprotection",
    "nullcommand",
  ]
  private static let paths: Set<String> = ["privatelogfile", "privatekeyfile", "packetconfigfile", "sadbfile", "pidfile"]

  init(_ text: ForeignText, _ notes: inout ImportNotes) {
    for line in text.lines {
      let (keyword, rest) = line.text.cut(before: "#").trimmed.firstWordAndRest
      guard !keyword.isEmpty else { continue }
      take(keyword.asciiLowercased, ForeignValue(rest.trimmed, at: line.position), &notes)
    }
  }

  private mutating func take(_ keyword: String, _ value: ForeignValue, _ notes: inout ImportNotes) {
    guard Self.known.contains(keyword) else { return notes.refuse("unknown keyword \(keyword.quoted)", at: value.position) }
    guard !value.text.isEmpty else { return notes.refuse("\(keyword.quoted) has no value", at: value.position) }
    if Self.paths.contains(keyword), !value.text.hasPrefix("/") {
      notes.refuse("\(value.text.quoted) is no absolute path", at: value.position)
    }
    if values.updateValue(value, forKey: keyword) != nil {
      notes.remark("\(keyword.quoted) stands twice; the last one counts", at: value.position)
    }
  }

  subscript(keyword: String) -> ForeignValue? { values[keyword.asciiLowercased] }

  /// `yes`, whatever its case; nil where the keyword is missing.
  func isOn(_ keyword: String) -> Bool? { self[keyword].map { $0.text.asciiLowercased == "yes" } }
}
