// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The knock protocols, one case each; the raw value is stored in replay rings and in tables, so it never changes meaning.
package enum KnockProtocol: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case spa = 1
  case fwknop = 2
  case knockd = 3
  case header = 4
  case doorman = 5
  case ports = 6
  case tumbler = 7
  case cd00r = 8
  case pasmal = 9
  case sadoor = 10
  case rolling = 11
  case syn = 12
  /// The forms of `ports` that carry no time and have to be remembered long; their packets come under the prefix `ports`, too.
  case portsClassic = 13

  /// The NFLOG prefix of rules that log this protocol's packets, and the word of the configuration.
  package var description: String { traits.name }

  /// What a knock of this protocol proves at best; a weaker form of it says so itself.
  package var strength: Strength { traits.strength }

  /// How far a stamp may lie before and after the gateway's clock, and with that how long a knock is remembered; nil where whoever saw a
  /// knock may repeat it.
  package var window: FreshnessWindow? { traits.window }

  /// Whether clients send one wish several times, each time as a knock of its own, until they are connected.
  package var isRepeated: Bool { self == .spa }

  /// Those that rules and configurations name.
  package static let named = allCases.filter { $0 != .portsClassic }

  /// The protocols whose knocks count once.
  package static let remembered = allCases.filter { $0.window != nil }

  private struct Traits {
    let name: String
    let strength: Strength
    let window: FreshnessWindow?

    init(_ name: String, _ strength: Strength, _ window: FreshnessWindow?) {
      self.name = name
      self.strength = strength
      self.window = window
    }
  }

  private var traits: Traits {
    switch self {
    case .spa: Traits("spa", .authenticated, FreshnessWindow(past: .seconds(60), future: .seconds(15)))
    case .knockd: Traits("knockd", .keyed, nil)
    case .cd00r: Traits("cd00r", .plain, nil)
    // What counts once of it is remembered with the key, for ever.
    case .pasmal: Traits("pasmal", .keyed, nil)
    case .header: Traits("header", .plain, nil)
    case .doorman: Traits("doorman", .keyed, .everlasting)
    case .tumbler: Traits("tumbler", .keyed, FreshnessWindow(past: .seconds(120), future: .seconds(60)))
    case .syn: Traits("syn", .keyed, FreshnessWindow(past: .seconds(75), future: .seconds(15)))
    case .fwknop: Traits("fwknop", .authenticated, FreshnessWindow(past: .seconds(120), future: .seconds(120)))
    case .ports: Traits("ports", .authenticated, FreshnessWindow(past: .seconds(60), future: .seconds(15)))
    case .sadoor: Traits("sadoor", .authenticated, FreshnessWindow(past: .seconds(60), future: .seconds(15)))
    // A step is at most 60 s long and accepted one before and one after its own. Where stamps are times of receipt, a sequence can be
    // good for as long after as before.
    case .rolling: Traits("rolling", .authenticated, FreshnessWindow(past: .seconds(180), future: .seconds(180)))
    case .portsClassic: Traits("ports-classic", .keyed, FreshnessWindow(memory: .seconds(86_400)))
    }
  }
}

extension KnockProtocol {
  /// Which checksums its packets may have.
  package var checksums: ChecksumRule {
    switch self {
    case .fwknop: .tcpMayLack
    case .spa, .knockd, .header, .doorman, .ports, .tumbler, .cd00r, .pasmal, .sadoor, .rolling, .syn, .portsClassic: .strict
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
  /// Whether the sender's clock made the stamps; otherwise they are times of receipt, and nothing but memory stands against a repetition.
  package let isStamped: Bool

  package init(past: Timestamp.Span, future: Timestamp.Span) {
    self.past = past
    self.future = future
    isStamped = true
  }

  /// For knocks that carry no time: each is remembered this long after its receipt. Where the memory is lost, what could be in it is
  /// refused for as long.
  package init(memory: Timestamp.Span) {
    past = memory
    future = memory
    isStamped = false
  }

  /// For knocks that count once, whenever that is: a hundred years outlast every gateway.
  package static let everlasting = FreshnessWindow(memory: .seconds(100 * 365 * 86_400))
}
