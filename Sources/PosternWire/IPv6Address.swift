// SPDX-License-Identifier: Apache-2.0

/// An IPv6 address (RFC 4291).
package struct IPv6Address: Hashable, Sendable {
  package var bytes: Bytes16
  package init(_ bytes: Bytes16) { self.bytes = bytes }
  package init(high: UInt64, low: UInt64) { bytes = Bytes16(high: high, low: low) }

  package static let zero = IPv6Address(.zero)

  /// The eight 16-bit groups, first group first.
  package var groups: [UInt16] {
    (0..<8).map { index in
      let word = index < 4 ? bytes.high : bytes.low
      return UInt16(truncatingIfNeeded: word >> UInt64(48 - 16 * (index % 4)))
    }
  }

  private init(groups: [UInt16]) {
    func word(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
    self.init(high: word(groups[0..<4]), low: word(groups[4..<8]))
  }
}

extension IPv6Address: CustomStringConvertible {
  /// The one canonical text of RFC 5952: lower case, no leading zeros, the longest run of zero groups (the first of equals,
  /// two groups at least) as `::`.
  package var description: String {
    let groups = self.groups
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > best.count { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard best.count >= 2 else { return text(groups[...]) }
    return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }

  /// The forms of RFC 4291 section 2.2, an IPv4 tail included; no zone.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 45, text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    switch halves.count {
    case 1:
      guard let groups = Self.groups(halves[0]), groups.count == 8 else { return nil }
      self.init(groups: groups)
    case 2:
      guard let head = halves[0].isEmpty ? [] : Self.groups(halves[0], isTail: false),
        let tail = halves[1].isEmpty ? [] : Self.groups(halves[1]), head.count + tail.count <= 7
      else { return nil }
      self.init(groups: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    default: return nil
    }
  }

  private static func groups(_ text: some StringProtocol, isTail: Bool = true) -> [UInt16]? {
    var groups: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if isTail, index == parts.count - 1, part.contains("."), let v4 = IPv4Address(part) {
        groups += [UInt16(truncatingIfNeeded: v4.value >> 16), UInt16(truncatingIfNeeded: v4.value)]
        continue
      }
      guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) else {
        return nil
      }
      groups.append(group)
    }
    return groups
  }
}
