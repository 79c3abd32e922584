// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
package import PosternWire

/// A source that is kept out for a while: one element in one of the ban sets.
package struct Ban: Hashable, Sendable {
  /// Why, and by whom.
  package enum Cause: Hashable, Sendable, CustomStringConvertible {
    case evidence(EvidenceKind)
    /// Several networks beside each other were banned.
    case neighbours
    /// An operator, by his user id.
    case `operator`(UInt32)

    package var description: String {
      switch self {
      case .evidence(let kind): kind.description
      case .neighbours: "neighbours"
      case .operator(let user): "operator:\(user)"
      }
    }

    init?(_ text: some StringProtocol) {
      if let kind = EvidenceKind.allCases.first(where: { $0.description == text }) {
        self = .evidence(kind)
      } else if text == "neighbours" {
        self = .neighbours
      } else if text.hasPrefix("operator:"), let user = UInt32(text.dropFirst("operator:".count)) {
        self = .operator(user)
      } else {
        return nil
      }
    }
  }

  package enum Ending: String, Hashable, Sendable {
    case expired
    case byOperator = "by-operator"
    /// Somebody else deleted its element.
    case deleted = "deleted-by-operator"
    /// A lease began in it.
    case lease
    case noLongerConfigured = "no-longer-configured"
    /// Its set came back and would not take it.
    case notRestored = "not-restored"
  }

  package var source: AddressPrefix
  package var cause: Cause
  /// How often it was banned before, as far as that is remembered.
  package var repeats: UInt32
  package var since: Timestamp
  /// CLOCK_MONOTONIC nanoseconds at which the kernel lets go.
  package var end: UInt64

  package init(source: AddressPrefix, cause: Cause, repeats: UInt32, since: Timestamp, end: UInt64) {
    self.source = source
    self.cause = cause
    self.repeats = repeats
    self.since = since
    self.end = end
  }

  package var isManual: Bool {
    switch cause {
    case .evidence, .neighbours: false
    case .operator: true
    }
  }

  /// Nil for a network of a length that no set takes.
  var set: BanSet? { BanSet(isManual: isManual, source.address.family, length: source.length) }

  /// An address alone, or the network.
  package var sourceText: String { Self.text(source) }

  static func text(_ source: AddressPrefix) -> String {
    source.length == source.address.family.width ? "\(source.address)" : "\(source)"
  }
}

/// The comment of a ban's element, exactly `ban CAUSE REPEATS SINCE`; any other is foreign.
package struct BanComment: Hashable, Sendable, CustomStringConvertible {
  package let cause: Ban.Cause
  package let repeats: UInt32
  /// To the millisecond.
  package let since: Timestamp

  package init(_ ban: Ban) {
    cause = ban.cause
    repeats = ban.repeats
    since = ban.since
  }

  private static let mostRepeats: UInt32 = 1 << 20

  package var description: String { "ban \(cause) \(repeats) \(since.rfc3339)" }

  /// Nil for a comment that Postern did not write.
  package init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, words[0] == "ban", let cause = Ban.Cause(words[1]), let repeats = UInt32(words[2]),
      let since = Timestamp(rfc3339: words[3])
    else { return nil }
    self.cause = cause
    self.repeats = repeats
    self.since = since
    // More repeats than double anything are nobody's of ours.
    guard description == text, repeats <= Self.mostRepeats else { return nil }
  }
}
