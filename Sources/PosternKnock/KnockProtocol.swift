// SPDX-License-Identifier: Apache-2.0

/// The knock protocols, one case each; the raw value is stored in the replay ring and in tables, so it never changes meaning.
package enum KnockProtocol: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case spa = 1

  /// The NFLOG prefix of rules that log this protocol's packets.
  package var description: String {
    switch self {
    case .spa: "spa"
    }
  }

  /// What a knock of this protocol proves.
  package var strength: Strength {
    switch self {
    case .spa: .authenticated
    }
  }

  /// How far a stamp may lie before and after the gateway's clock.
  package var window: FreshnessWindow {
    switch self {
    case .spa: FreshnessWindow(past: .seconds(60), future: .seconds(15))
    }
  }
}

/// What a knock of some protocol proves; a door names the weakest that it accepts.
package enum Strength: UInt8, Hashable, Sendable, CaseIterable, Comparable {
  /// An observer can repeat it.
  case plain = 0
  /// A secret took part, with weaker guarantees.
  case keyed = 1
  /// Identity proved, fresh, bound to an address.
  case authenticated = 2

  package static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
}

/// The tolerance of stamps around the gateway's clock, both ends included.
package struct FreshnessWindow: Hashable, Sendable {
  package let past: Timestamp.Span
  package let future: Timestamp.Span

  package init(past: Timestamp.Span, future: Timestamp.Span) {
    self.past = past
    self.future = future
  }
}
