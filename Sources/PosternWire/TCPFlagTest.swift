// SPDX-License-Identifier: Apache-2.0

/// Flags that a segment must have, and flags that it must not have: `syn !ack`. Flags that are not named may be anything.
package struct TCPFlagTest: Hashable, Sendable {
  package let set: TCPHeader.Flags
  package let clear: TCPHeader.Flags

  /// Nil where a flag would have to be both.
  package init?(set: TCPHeader.Flags, clear: TCPHeader.Flags) {
    guard set.isDisjoint(with: clear) else { return nil }
    self.set = set
    self.clear = clear
  }

  private init(set: TCPHeader.Flags) {
    self.set = set
    clear = []
  }

  /// Every segment passes.
  package static let any = TCPFlagTest(set: [])
  /// What opens a flow, and its answer.
  package static let syn = TCPFlagTest(set: .syn)

  package func fits(_ flags: TCPHeader.Flags) -> Bool { flags.isSuperset(of: set) && flags.isDisjoint(with: clear) }

  /// Whether some segment passes both.
  package func overlaps(_ other: TCPFlagTest) -> Bool { set.isDisjoint(with: other.clear) && clear.isDisjoint(with: other.set) }

  private static let names: [(name: String, flag: TCPHeader.Flags)] = [
    ("fin", .fin), ("syn", .syn), ("rst", .rst), ("psh", .psh), ("ack", .ack), ("urg", .urg), ("ece", .ece), ("cwr", .cwr),
  ]
}

extension TCPFlagTest: CustomStringConvertible {
  /// Empty for ``any``.
  package var description: String {
    let words = Self.names.compactMap { name, flag in
      set.contains(flag) ? name : clear.contains(flag) ? "!\(name)" : nil
    }
    return words.joined(separator: " ")
  }

  /// Names of flags with blanks between, each perhaps behind `!`, in any order, none of them twice; the empty text is ``any``.
  package init?(_ text: some StringProtocol) {
    self.init(words: text.isEmpty ? [] : text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) })
  }

  /// As a text, word by word.
  package init?(words: [String]) {
    var (set, clear): (TCPHeader.Flags, TCPHeader.Flags) = ([], [])
    for word in words {
      let isClear = word.first == "!"
      let name = isClear ? word.dropFirst() : word[...]
      guard let flag = Self.names.first(where: { $0.name == name })?.flag, set.union(clear).isDisjoint(with: flag) else {
        return nil
      }
      if isClear { clear.insert(flag) } else { set.insert(flag) }
    }
    self.init(set: set, clear: clear)
  }
}
