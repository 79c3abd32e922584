// SPDX-License-Identifier: Apache-2.0

/// The keys of a profile, spelled as in the file.
enum ProfileKey: String, CaseIterable {
  case gateway
  case carrier
  case port
  case synPort = "syn-port"
  case gatewayKey = "gateway-key"
  case admission
  case privateKey = "private-key"
  case psk
  case door
  case lease
  case ipv4
  case ipv6
}

/// What is wrong with a profile, printed as compilers do: `file:line: message`. It never quotes a value, which may be a secret.
package struct ProfileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let message: String

  package var description: String { "\(file):\(line): \(message)" }
}

/// The lines of a profile, `key = value`, each key at most once; `#` starts a comment at the start of a line or after a blank.
struct ProfileText {
  private let file: String
  private let lastLine: Int
  private var entries: [ProfileKey: (line: Int, value: String)] = [:]

  init(_ text: String, file: String) throws(ProfileProblem) {
    self.file = file
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    lastLine = max(lines.count, 1)
    for (index, line) in lines.enumerated() { try add(Self.withoutComment(line), line: index + 1) }
  }

  /// Nil when the key is absent; a value that `parse` refuses is a problem that says what was `expected`.
  func optional<Value>(
    _ key: ProfileKey, _ expected: String, _ parse: (String) -> Value?
  ) throws(ProfileProblem) -> Value? {
    guard let entry = entries[key] else { return nil }
    guard let value = parse(entry.value) else { throw problem("\(key.rawValue) must be \(expected)", line: entry.line) }
    return value
  }

  func required<Value>(_ key: ProfileKey, _ expected: String, _ parse: (String) -> Value?) throws(ProfileProblem) -> Value {
    guard let value = try optional(key, expected, parse) else {
      throw problem("\(key.rawValue) is missing: \(expected)", line: lastLine)
    }
    return value
  }

  private mutating func add(_ line: Substring, line number: Int) throws(ProfileProblem) {
    guard !line.isEmpty else { return }
    guard let equals = line.firstIndex(of: "=") else { throw problem("expected `key = value`", line: number) }
    let word = line[..<equals].trimmed
    guard let key = ProfileKey(rawValue: String(word)) else { throw unknown(String(word), line: number) }
    if let earlier = entries[key] { throw problem("\(key.rawValue) stands in line \(earlier.line) already", line: number) }
    entries[key] = (number, String(line[line.index(after: equals)...].trimmed))
  }

  private func unknown(_ word: String, line: Int) -> ProfileProblem {
    let nearest = Spelling.nearest(to: word, among: ProfileKey.allCases.map(\.rawValue))
    return problem("unknown key" + (nearest.map { "; did you mean `\($0)`?" } ?? ""), line: line)
  }

  private func problem(_ message: String, line: Int) -> ProfileProblem {
    ProfileProblem(file: file, line: line, message: message)
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var previous: Character = " "
    for index in line.indices {
      if line[index] == "#", previous == " " || previous == "\t" { return line[..<index].trimmed }
      previous = line[index]
    }
    return line.trimmed
  }
}

extension Substring {
  /// Without the blanks at both ends.
  var trimmed: Substring {
    let blanks: Set<Character> = [" ", "\t", "\r"]
    guard let first = firstIndex(where: { !blanks.contains($0) }), let last = lastIndex(where: { !blanks.contains($0) }) else {
      return ""
    }
    return self[first...last]
  }
}
