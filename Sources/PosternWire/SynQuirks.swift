// SPDX-License-Identifier: Apache-2.0

/// Oddities of a SYN's headers, with the names that p0f 3 gives them.
package struct SynQuirks: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let dontFragment = SynQuirks(rawValue: 1 << 0)
  /// "Don't fragment", and an identification all the same.
  package static let identified = SynQuirks(rawValue: 1 << 1)
  /// No "don't fragment", and no identification.
  package static let unidentified = SynQuirks(rawValue: 1 << 2)
  package static let congestion = SynQuirks(rawValue: 1 << 3)
  /// A bit that must be zero is not.
  package static let reserved = SynQuirks(rawValue: 1 << 4)
  package static let flowLabel = SynQuirks(rawValue: 1 << 5)
  package static let sequenceZero = SynQuirks(rawValue: 1 << 6)
  /// An acknowledgement number without the flag.
  package static let acknowledgement = SynQuirks(rawValue: 1 << 7)
  /// The flag without a number; no SYN that opens a flow has it.
  package static let acknowledgementZero = SynQuirks(rawValue: 1 << 8)
  /// An urgent pointer without the flag.
  package static let urgentPointer = SynQuirks(rawValue: 1 << 9)
  package static let urgent = SynQuirks(rawValue: 1 << 10)
  package static let push = SynQuirks(rawValue: 1 << 11)
  package static let ownTimestampZero = SynQuirks(rawValue: 1 << 12)
  package static let peerTimestamp = SynQuirks(rawValue: 1 << 13)
  package static let dataBehindEnd = SynQuirks(rawValue: 1 << 14)
  package static let excessiveScale = SynQuirks(rawValue: 1 << 15)
  package static let malformed = SynQuirks(rawValue: 1 << 16)

  private static let names: [(name: String, quirk: SynQuirks)] = [
    ("df", .dontFragment), ("id+", .identified), ("id-", .unidentified), ("ecn", .congestion), ("0+", .reserved),
    ("flow", .flowLabel), ("seq-", .sequenceZero), ("ack+", .acknowledgement), ("ack-", .acknowledgementZero),
    ("uptr+", .urgentPointer), ("urgf+", .urgent), ("pushf+", .push), ("ts1-", .ownTimestampZero), ("ts2+", .peerTimestamp),
    ("opt+", .dataBehindEnd), ("exws", .excessiveScale), ("bad", .malformed),
  ]
}

extension SynQuirks: CustomStringConvertible {
  /// Names with commas between; empty for none.
  package var description: String { Self.names.filter { contains($0.quirk) }.map(\.name).joined(separator: ",") }

  /// Nil for an unknown name and for one that stands twice.
  package init?(_ text: some StringProtocol) {
    self = []
    guard !text.isEmpty else { return }
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let quirk = Self.names.first(where: { $0.name == word })?.quirk, insert(quirk).inserted else { return nil }
    }
  }
}
