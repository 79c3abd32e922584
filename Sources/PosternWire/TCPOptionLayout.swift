// SPDX-License-Identifier: Apache-2.0

/// The kinds of a segment's TCP options in their order, and how many bytes stand behind the end of the list.
package struct TCPOptionLayout: Hashable, Sendable {
  /// No system sends nearly as many; a header has room for 40.
  package static let limit = 16

  /// IANA's numbers of the options that systems send in a SYN (RFC 9293, 7323, 2018).
  package enum Kind {
    package static let end: UInt8 = 0
    package static let padding: UInt8 = 1
    package static let segmentSize: UInt8 = 2
    package static let windowScale: UInt8 = 3
    package static let selectivePermitted: UInt8 = 4
    package static let selective: UInt8 = 5
    package static let timestamps: UInt8 = 8
  }

  /// A byte a kind, the first one lowest.
  private var kinds: UInt128 = 0
  package private(set) var count = 0
  /// Behind the end of the list.
  package var bytesBehindEnd: UInt8 = 0

  package init() {}

  package subscript(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: kinds >> UInt128(8 * place)) }

  /// Whether the list ends before the header does.
  package var hasEnd: Bool { count > 0 && self[count - 1] == Kind.end }

  /// False when there is no room.
  package mutating func append(_ kind: UInt8) -> Bool {
    guard count < Self.limit else { return false }
    kinds |= UInt128(kind) << UInt128(8 * count)
    count += 1
    return true
  }
}

extension TCPOptionLayout: CustomStringConvertible {
  private static let names: [(name: String, kind: UInt8)] = [
    ("nop", Kind.padding), ("mss", Kind.segmentSize), ("ws", Kind.windowScale), ("sok", Kind.selectivePermitted),
    ("sack", Kind.selective), ("ts", Kind.timestamps),
  ]

  /// Names with commas between, as p0f 3 writes them: `mss,sok,ts,nop,ws`; the end is `eol+` and the bytes behind it.
  package var description: String { (0..<count).map { name(self[$0]) }.joined(separator: ",") }

  private func name(_ kind: UInt8) -> String {
    if kind == Kind.end { return "eol+\(bytesBehindEnd)" }
    return Self.names.first { $0.kind == kind }?.name ?? "?\(kind)"
  }

  /// Nil for an unknown name, for too many, and for an end that is not the last.
  package init?(_ text: some StringProtocol) {
    guard !text.isEmpty else { return }
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard !hasEnd, take(word) else { return nil }
    }
  }

  private mutating func take(_ word: some StringProtocol) -> Bool {
    if let known = Self.names.first(where: { $0.name == word }) { return append(known.kind) }
    if word.hasPrefix("?"), let kind = Self.number(word.dropFirst()), kind != Kind.end {
      return Self.names.allSatisfy { $0.kind != kind } && append(kind)
    }
    guard word.hasPrefix("eol+"), let behind = Self.number(word.dropFirst(4)) else { return false }
    bytesBehindEnd = behind
    return append(Kind.end)
  }

  /// Digits alone: no sign.
  private static func number(_ text: some StringProtocol) -> UInt8? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? UInt8(text) : nil
  }
}
