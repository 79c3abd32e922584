// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension Section {
  mutating func boolean(_ key: String) -> Located<Bool>? {
    value(key, "a boolean") { if case .boolean(let value) = $0 { value } else { nil } }
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int64>) -> Located<Int64>? {
    guard let found = value(key, "an integer", { if case .integer(let value) = $0 { value } else { nil } }) else { return nil }
    return checked(found, key, range)
  }

  /// A path as it is written; where it is relative, its file's directory is where it starts.
  mutating func path(_ key: String, atMost limit: Int, standard: String) -> Located<String> {
    text(key, .path(atMost: limit)) ?? Located(standard, at: position)
  }

  /// A string in a form of its own.
  mutating func text<Value>(_ key: String, _ form: TextForm<Value>) -> Located<Value>? {
    guard let entry = entry(key) else { return nil }
    return text(entry.node, key, form)
  }

  mutating func requiredText<Value>(_ key: String, _ form: TextForm<Value>) -> Located<Value>? {
    require(key)
    return text(key, form)
  }

  /// An array of strings in one form, none of them twice.
  mutating func texts<Value: Hashable>(
    _ key: String, _ form: TextForm<Value>, _ counts: ClosedRange<Int>
  ) -> [Located<Value>]? {
    guard let nodes = elements(key, counts) else { return nil }
    return unique(nodes.compactMap { text($0, key, form) }, key)
  }

  mutating func requiredTexts<Value: Hashable>(
    _ key: String, _ form: TextForm<Value>, _ counts: ClosedRange<Int>
  ) -> [Located<Value>] {
    require(key)
    return texts(key, form, counts) ?? []
  }

  /// An array of integers, none of them twice.
  mutating func integers(_ key: String, in range: ClosedRange<Int64>, _ counts: ClosedRange<Int>) -> [Located<Int64>]? {
    guard let nodes = elements(key, counts) else { return nil }
    let found: [Located<Int64>] = nodes.compactMap { node in
      guard case .integer(let value) = node.kind else {
        complain("\(key.quoted) must hold integers, not \(node.typeName)", at: node.position)
        return nil
      }
      return checked(Located(value, at: node.position), key, range)
    }
    return unique(found, key)
  }

  /// A string in a form of its own that must lie in a range; both ends are told in that form.
  mutating func text<Value: Comparable>(
    _ key: String, _ form: TextForm<Value>, in range: ClosedRange<Value>, _ describe: (Value) -> String
  ) -> Located<Value>? {
    guard let found = text(key, form) else { return nil }
    guard range.contains(found.value) else {
      let bounds = "between \(describe(range.lowerBound)) and \(describe(range.upperBound))"
      complain("\(key.quoted) must be \(bounds), not \(describe(found.value))", at: found.position)
      return nil
    }
    return found
  }

  /// A moment, as a string or as TOML's own date.
  mutating func time(_ key: String) -> Located<Timestamp>? {
    guard let entry = entry(key) else { return nil }
    guard case .dateTime(let text) = entry.node.kind else { return self.text(entry.node, key, .time) }
    return formed(text, key, .time, at: entry.node.position)
  }

  /// Complains when the key is absent.
  mutating func require(_ key: String) {
    if entry(key) == nil { complain("missing key \(key.quoted)\(place)") }
  }

  /// The elements of an array whose length is in `counts`.
  mutating func elements(_ key: String, _ counts: ClosedRange<Int>) -> [TomlNode]? {
    guard let found = value(key, "an array", { if case .array(let nodes) = $0 { nodes } else { nil } }) else { return nil }
    guard counts.contains(found.value.count) else {
      let bounds = "\(counts.lowerBound) to \(counts.upperBound) elements"
      complain("\(key.quoted) must have \(bounds), not \(found.value.count)", at: found.position)
      return nil
    }
    return found.value
  }

  private mutating func value<Value>(
    _ key: String, _ expected: String, _ extract: (TomlNode.Kind) -> Value?
  ) -> Located<Value>? {
    guard let node = entry(key)?.node else { return nil }
    guard let value = extract(node.kind) else {
      complain("\(key.quoted) must be \(expected), not \(node.typeName)", at: node.position)
      return nil
    }
    return Located(value, at: node.position)
  }

  private func text<Value>(_ node: TomlNode, _ key: String, _ form: TextForm<Value>) -> Located<Value>? {
    guard case .string(let text) = node.kind else {
      complain("\(key.quoted) must be a string, not \(node.typeName)", at: node.position)
      return nil
    }
    return formed(text, key, form, at: node.position)
  }

  private func formed<Value>(
    _ text: String, _ key: String, _ form: TextForm<Value>, at position: ConfigPosition
  ) -> Located<Value>? {
    guard let value = form.parse(text) else {
      complain("\(key.quoted) must be \(form.expectation), not \(text.quoted)", at: position)
      return nil
    }
    return Located(value, at: position)
  }

  private func checked(_ found: Located<Int64>, _ key: String, _ range: ClosedRange<Int64>) -> Located<Int64>? {
    guard range.contains(found.value) else {
      complain(
        "\(key.quoted) must be between \(range.lowerBound) and \(range.upperBound), not \(found.value)", at: found.position)
      return nil
    }
    return found
  }

  private func unique<Value: Hashable>(_ values: [Located<Value>], _ key: String) -> [Located<Value>] {
    var seen: Set<Value> = []
    for each in values where !seen.insert(each.value).inserted {
      complain("\(key.quoted) names \("\(each.value)".quoted) twice", at: each.position)
    }
    return values
  }
}
