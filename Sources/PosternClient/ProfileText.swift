// SPDX-License-Identifier: Apache-2.0
/// The keys of a profile of the native protocol, spelled as in the file.
enum ProfileKey: String, CaseIterable {
  case knockProtocol = "protocol"
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
  case code
  case totp
}

/// What is wrong with a profile, printed as compilers do: `file:line: message`; or with an option, `--name` and the message. It never
/// quotes a value, which may be a secret.
package struct ProfileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// Nil for what the command line said.
  package let line: Int?
  package let message: String

  package var description: String { line.map { "\(file):\($0): \(message)" } ?? "--\(message)" }
}

/// A key with its value as the command line gives it; it stands for a line of a profile.
package struct Setting: Hashable, Sendable {
  package let key: String
  package let value: String

  package init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// The lines of a profile, `key = value`, each key at most once; `#` starts a comment at the start of a line or after a blank.
///
/// Which keys there are depends on the protocol that a profile names, so whoever reads it checks them.
package struct ProfileText {
  /// Empty where there is none, and the command line says everything.
  package let file: String
  /// Why the file is no place for a secret; nil when it is its owner's alone.
  var exposure: ClientError?
  package static let native = "spa"

  private let lastLine: Int
  private var entries: [String: Entry] = [:]
  private var repetitions: [(key: String, line: Int)] = []

  /// A value and where it stands; the command line is no place.
  private struct Entry: Hashable {
    var file: String?
    var line: Int?
    var value: String
  }

  package init(_ text: String, file: String) throws(ProfileProblem) {
    self.file = file
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    lastLine = max(lines.count, 1)
    for (index, line) in lines.enumerated() { try add(Self.withoutComment(line), line: index + 1) }
  }

  /// Of no file.
  package init() {
    file = ""
    lastLine = 1
  }

  /// What the command line says instead of the lines of the file.
  package mutating func override(_ settings: [Setting]) {
    for setting in settings { entries[setting.key] = Entry(value: setting.value) }
  }

  /// What a file of another system says, where neither the command line nor the profile says something; a later line counts more.
  mutating func underlay(_ settings: [(line: Int, setting: Setting)], of file: String) {
    let said = entries
    for (line, setting) in settings where said[setting.key] == nil {
      entries[setting.key] = Entry(file: file, line: line, value: setting.value)
    }
  }

  /// The protocol that a profile is for; the native one where it names none.
  package func knockProtocol() throws(ClientError) -> String {
    let names = [Self.native] + RecipeBook.names
    do throws(ProfileProblem) {
      let expected = "one of \(names.joined(separator: ", "))"
      return try optional(CommonKey.knockProtocol, expected) { names.contains($0) ? $0 : nil } ?? Self.native
    } catch {
      throw .profile(error)
    }
  }

  /// The addresses and names of the gateway; empty where there is only the command line's.
  package func gateways() throws(ClientError) -> [String] {
    do throws(ProfileProblem) {
      return try optional(CommonKey.gateway, SettingForm.hostWords, SettingForm.hosts) ?? []
    } catch {
      throw .profile(error)
    }
  }

  /// Refuses keys that the protocol does not know, and keys that stand there twice.
  func check<Key: RawRepresentable<String> & CaseIterable>(_ keys: Key.Type, _ more: [String] = []) throws(ProfileProblem) {
    let known = keys.allCases.map(\.rawValue) + more
    if let unknown = entries.filter({ !known.contains($0.key) }).min(by: { ($0.value.line ?? 0) < ($1.value.line ?? 0) }) {
      throw self.unknown(unknown.key, among: known, unknown.value)
    }
    for (key, line) in repetitions {
      guard let earlier = entries[key]?.line else { continue }
      throw ProfileProblem(file: file, line: line, message: "\(key) stands in line \(earlier) already")
    }
  }

  private func unknown(_ word: String, among known: [String], _ entry: Entry) -> ProfileProblem {
    let nearest = Spelling.nearest(to: word, among: known)
    return problem("unknown key" + (nearest.map { "; did you mean `\($0)`?" } ?? ""), entry)
  }

  /// Nil when the key is absent; a value that `parse` refuses is a problem that says what was `expected`.
  func optional<Key: RawRepresentable<String>, Value>(
    _ key: Key, _ expected: String, _ parse: (String) -> Value?
  ) throws(ProfileProblem) -> Value? {
    guard let entry = entries[key.rawValue] else { return nil }
    guard let value = parse(entry.value) else { throw problem("\(key.rawValue) must be \(expected)", entry) }
    return value
  }

  /// A decimal or hexadecimal number that fits its field.
  func number<Key: RawRepresentable<String>, Number: FixedWidthInteger>(_ key: Key) throws(ProfileProblem) -> Number? {
    try optional(key, "a number up to \(Number.max)") { SettingForm.number($0) }
  }

  func required<Key: RawRepresentable<String>, Value>(
    _ key: Key, _ expected: String, _ parse: (String) -> Value?
  ) throws(ProfileProblem) -> Value {
    guard let value = try optional(key, expected, parse) else { throw missing(key, expected) }
    return value
  }

  func missing<Key: RawRepresentable<String>>(_ key: Key, _ expected: String) -> ProfileProblem {
    problem("\(key.rawValue) is missing: \(expected)")
  }

  func has<Key: RawRepresentable<String>>(_ key: Key) -> Bool { entries[key.rawValue] != nil }

  /// How near to the user's hand a value stands: the command line, then the profile, then files of other systems.
  func rank<Key: RawRepresentable<String>>(of key: Key) -> Int {
    guard let place = place(of: key) else { return 0 }
    return place == file ? 1 : 2
  }

  /// Where the value of a key stands; nil for what the command line said.
  func place<Key: RawRepresentable<String>>(of key: Key) -> String? { entries[key.rawValue]?.file }

  private mutating func add(_ line: Substring, line number: Int) throws(ProfileProblem) {
    guard !line.isEmpty else { return }
    guard let equals = line.firstIndex(of: "=") else {
      throw ProfileProblem(file: file, line: number, message: "expected `key = value`")
    }
    let key = String(line[..<equals].trimmed)
    guard entries[key] == nil else {
      repetitions.append((key, number))
      return
    }
    entries[key] = Entry(file: file, line: number, value: String(line[line.index(after: equals)...].trimmed))
  }

  /// A problem that no single line has.
  func problem(_ message: String) -> ProfileProblem {
    ProfileProblem(file: file, line: file.isEmpty ? nil : lastLine, message: message)
  }

  /// A problem of a key that is there.
  func problem<Key: RawRepresentable<String>>(of key: Key, _ message: String) -> ProfileProblem {
    entries[key.rawValue].map { problem("\(key.rawValue) \(message)", $0) } ?? problem("\(key.rawValue) \(message)")
  }

  private func problem(_ message: String, _ entry: Entry) -> ProfileProblem {
    ProfileProblem(file: entry.file ?? file, line: entry.line, message: message)
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
