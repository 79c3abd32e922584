// SPDX-License-Identifier: Apache-2.0

/// The stanzas of an rc file of the fwknop client, read as that client reads it: a variable, blanks, and a value that ends at the next
/// blank, `;` or `#`.
package struct FwknopRC: Sendable {
  package static let common = "default"
  /// Some hundred stanzas.
  package static let maximumBytes = 1 << 18

  package let file: String
  private var stanzas: [String: [(line: Int, setting: Setting)]] = [common: []]

  package init(_ text: String, file: String) throws(ProfileProblem) {
    self.file = file
    var stanza = Self.common
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmed
      guard let first = line.first, first != "#", first != ";" else { continue }
      guard first == "[" else {
        try add(line, at: index + 1, to: stanza)
        continue
      }
      guard let end = line.firstIndex(of: "]") else { throw problem("expected `[stanza]`", index + 1) }
      stanza = String(line[line.index(after: line.startIndex)..<end].trimmed)
      stanzas[stanza, default: []] += []
    }
  }

  /// Whether there is a stanza of that name.
  package func has(_ stanza: String) -> Bool { stanzas[stanza] != nil }

  /// What a stanza says, and the default one where it says nothing.
  func settings(_ stanza: String) -> [(line: Int, setting: Setting)] {
    let own = stanza == Self.common ? [] : stanzas[stanza] ?? []
    return Self.latest((stanzas[Self.common] ?? []) + own)
  }

  private mutating func add(_ line: Substring, at number: Int, to stanza: String) throws(ProfileProblem) {
    let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
    guard words.count == 2 else { throw problem("expected a variable and a value", number) }
    let name = words[0].last == ":" ? words[0].dropLast() : words[0]
    guard let variable = FwknopVariable(rawValue: String(name)) else { throw problem("unknown variable", number) }
    let value = words[1].trimmed.prefix { !" \t;#".contains($0) }
    guard !value.isEmpty else { throw problem("expected a variable and a value", number) }
    guard let setting = variable.setting(String(value)) else { return }
    stanzas[stanza, default: []].append((number, setting))
  }

  /// Each key once, the last line of it; of the two forms of a secret only the later one.
  private static func latest(_ settings: [(line: Int, setting: Setting)]) -> [(line: Int, setting: Setting)] {
    var kept: [(line: Int, setting: Setting)] = []
    for item in settings {
      let twins = [item.setting.key, FwknopVariable.otherForm[item.setting.key]]
      kept.removeAll { twins.contains($0.setting.key) }
      kept.append(item)
    }
    return kept
  }

  private func problem(_ message: String, _ line: Int) -> ProfileProblem {
    ProfileProblem(file: file, line: line, message: message)
  }
}
