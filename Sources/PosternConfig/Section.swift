// SPDX-License-Identifier: Apache-2.0

/// Reads one table of the configuration by its known keys and reports the keys that nobody asked for.
///
/// A getter answers nil for a key that is absent or wrong; what is wrong has then been complained about.
struct Section {
  /// The path of the table, `doors.ssh`.
  let title: String
  let position: ConfigPosition
  let complaints: Complaints
  private let entries: [TomlNode.Entry]
  private var asked: [String] = []

  private init(_ title: String, _ entries: [TomlNode.Entry], at position: ConfigPosition, _ complaints: Complaints) {
    self.title = title
    self.entries = entries
    self.position = position
    self.complaints = complaints
  }

  /// Reads a whole document.
  static func read<Value>(_ root: TomlNode, _ complaints: Complaints, _ body: (inout Section) -> Value) -> Value {
    read(root, titled: "", complaints, body)
  }

  /// The entry of a known key.
  mutating func entry(_ key: String) -> TomlNode.Entry? {
    asked.append(key)
    return entries.first { $0.key == key }
  }

  /// The table under `key`; an absent one is read as empty.
  mutating func table<Value>(_ key: String, _ body: (inout Section) -> Value) -> Value {
    let title = path(key)
    guard let entry = entry(key) else {
      return Self.read(TomlNode(kind: .table([]), position: position), titled: title, complaints, body)
    }
    return Self.read(entry.node, titled: title, key: key, complaints, body)
  }

  /// The tables of the array under `key`.
  mutating func tables<Value>(_ key: String, _ counts: ClosedRange<Int>, _ body: (inout Section) -> Value) -> [Value] {
    let title = path(key)
    return elements(key, counts)?.map { Self.read($0, titled: title, key: key, complaints, body) } ?? []
  }

  /// Every table below the table under `key`, whatever their names.
  mutating func named<Value>(
    _ key: String, atMost limit: Int, _ body: (_ name: TomlNode.Entry, inout Section) -> Value
  ) -> [Value] {
    table(key) { section in
      section.asked = section.entries.map(\.key)
      if section.entries.count > limit {
        section.complaints.add(
          "[\(section.title)] holds \(section.entries.count) tables, at most \(limit) are possible", at: section.position)
      }
      return section.entries.map { entry in
        Self.read(entry.node, titled: section.path(entry.key), key: entry.key, section.complaints) { body(entry, &$0) }
      }
    }
  }

  /// Every string below the table under `key`, whatever their names.
  mutating func namedTexts<Value>(
    _ key: String, atMost limit: Int, _ form: TextForm<Value>
  ) -> [(name: TomlNode.Entry, value: Located<Value>)] {
    table(key) { section in
      if section.entries.count > limit {
        section.complain("[\(section.title)] holds \(section.entries.count) texts, at most \(limit) are possible")
      }
      return section.entries.compactMap { entry in section.text(entry.key, form).map { (entry, $0) } }
    }
  }

  func complain(_ message: @autoclosure () -> String, at place: ConfigPosition? = nil) {
    complaints.add(message(), at: place ?? position)
  }

  /// Complains unless exactly one of two keys is there.
  func needsExactlyOne(of first: String, _ second: String) {
    let present = entries.filter { $0.key == first || $0.key == second }
    if present.isEmpty { complain("missing key \(first.quoted) or \(second.quoted)\(place)") }
    excludes(first, second)
  }

  /// Complains when both of two keys are there.
  func excludes(_ first: String, _ second: String) {
    let present = entries.filter { $0.key == first || $0.key == second }
    if present.count == 2 { complain("\(first.quoted) and \(second.quoted) exclude each other", at: present[1].keyPosition) }
  }

  /// Where a key is missing: nothing for the top of the file.
  var place: String { title.isEmpty ? "" : " in [\(title)]" }

  private func path(_ key: String) -> String { title.isEmpty ? key.printable : "\(title).\(key.printable)" }

  private static func read<Value>(
    _ node: TomlNode, titled title: String, key: String = "", _ complaints: Complaints, _ body: (inout Section) -> Value
  ) -> Value {
    guard case .table(let entries) = node.kind else {
      complaints.add("\(key.quoted) must be a table, not \(node.typeName)", at: node.position)
      // Nothing more is to be said about a table that is none.
      var empty = Section(title, [], at: node.position, Complaints())
      return body(&empty)
    }
    var section = Section(title, entries, at: node.position, complaints)
    let value = body(&section)
    section.reportUnknownKeys()
    return value
  }

  private func reportUnknownKeys() {
    let known = Set(asked)
    for entry in entries where !known.contains(entry.key) {
      complain("unknown key \(entry.key.quoted)" + Spelling.hint(for: entry.key, among: asked), at: entry.keyPosition)
    }
  }
}
