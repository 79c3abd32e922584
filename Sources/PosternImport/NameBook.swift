// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Makes the names of users, keys, doors and actions out of texts that are none, each once.
struct NameBook: Sendable {
  private var taken: Set<String> = []

  /// The text in small letters, other characters as hyphens, and a number behind it where the name is taken; `fallback`, a name
  /// itself, where nothing is left of the text.
  mutating func name(for text: String, or fallback: String) -> String {
    let letters = text.asciiLowercased.utf8.map { Self.belongs($0) ? $0 : UInt8(ascii: "-") }
    let base = Array(letters.drop { !Self.begins($0) }.prefix(Name.maximumLength).trimmingHyphens)
    let name = unused(base.isEmpty ? Array(fallback.utf8) : base)
    taken.insert(name)
    return name
  }

  private func unused(_ base: [UInt8]) -> String {
    let name = String(decoding: base, as: UTF8.self)
    guard taken.contains(name) else { return name }
    // One more try than there are names: one of them is free.
    let numbers = 2...taken.count + 2
    let others = numbers.lazy.map { number in
      let suffix = "-\(number)"
      return String(decoding: base.prefix(Name.maximumLength - suffix.utf8.count), as: UTF8.self) + suffix
    }
    return others.first { !taken.contains($0) } ?? name
  }

  private static func begins(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }

  private static func belongs(_ byte: UInt8) -> Bool { begins(byte) || "._-".utf8.contains(byte) }
}

extension ArraySlice<UInt8> {
  fileprivate var trimmingHyphens: ArraySlice<UInt8> {
    var rest = self
    while rest.last == UInt8(ascii: "-") { rest.removeLast() }
    return rest
  }
}
