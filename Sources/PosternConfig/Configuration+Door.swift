// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

extension Configuration {
  /// `[doors.NAME]`: what a lease opens, and for how long.
  package struct Door: Sendable {
    package let name: Located<Name>
    /// Nil where the family is not served.
    package let ipv4: KeeperTables.SetReference?
    package let ipv6: KeeperTables.SetReference?
    package let services: [Service]
    /// Seconds.
    package let defaultLease: UInt32
    package let longestLease: UInt32
    package let weakest: Strength
    package let allowsPacketSource: Bool
    package let allowsLinkLocal: Bool
    /// Milliseconds; zero where no first packet waits for its sender's lease.
    package let hold: UInt16
  }
}

extension Configuration.Door {
  private static let defaultLease: UInt32 = 30
  private static let longestLease: UInt32 = 3600
  /// What the administrator has to write before a weak knock opens anything.
  static let weakWords = "an observer can repeat these knocks"
  private static var strengths: TextForm<Strength> {
    .oneOf([("authenticated", .authenticated), ("keyed", .keyed), ("plain", .plain)])
  }

  static func all(_ section: inout Section) -> [Configuration.Door] {
    let doors = section.named("doors", atMost: TableLimits.doors) { entry, section in
      Configuration.Door(name: .init(entry, &section), &section)
    }
    return doors.compactMap { $0 }
  }

  private init?(name: Located<Name>?, _ section: inout Section) {
    let sets = DoorSets(&section)
    let services = section.requiredTexts("ports", .service, 1...TableLimits.servicesPerDoor)
    let longest = section.lease("longest")?.value ?? Self.longestLease
    let lease = Self.lease(&section, longest: longest)
    let weakest = Self.weakest(&section)
    let packetSource = section.boolean("packet-source")?.value ?? false
    let linkLocal = section.boolean("link-local")?.value ?? false
    let hold = Self.hold(&section)
    guard let name else { return nil }
    self.init(
      name: name, ipv4: sets.ipv4, ipv6: sets.ipv6, services: services.map(\.value), defaultLease: lease, longestLease: longest,
      weakest: weakest, allowsPacketSource: packetSource, allowsLinkLocal: linkLocal, hold: hold)
  }

  private static func lease(_ section: inout Section, longest: UInt32) -> UInt32 {
    guard let lease = section.lease("lease") else { return min(defaultLease, longest) }
    if lease.value > longest {
      let texts = (DurationText.text(seconds: lease.value), DurationText.text(seconds: longest))
      section.complain("\"lease\" is \(texts.0), longer than the longest lease of \(texts.1)", at: lease.position)
    }
    return lease.value
  }

  private static func hold(_ section: inout Section) -> UInt16 {
    let bounds = Timestamp.Span.milliseconds(1)...Timestamp.Span.milliseconds(Int64(TableLimits.longestHold))
    guard let hold = section.text("hold", .span, in: bounds, DurationText.text) else { return 0 }
    return UInt16(clamping: hold.value.nanoseconds / 1_000_000)
  }

  private static func weakest(_ section: inout Section) -> Strength {
    let weakest = section.text("weakest", strengths)
    let words = section.text("allow-weak", .words(weakWords))
    let isWeak = (weakest?.value ?? .authenticated) < .authenticated
    if let weakest, isWeak, section.entry("allow-weak") == nil {
      section.complain("a door this weak also needs: allow-weak = \(weakWords.quoted)", at: weakest.position)
    }
    if let words, !isWeak {
      section.complain("\"allow-weak\" means nothing without a \"weakest\" of \"keyed\" or \"plain\"", at: words.position)
    }
    return weakest?.value ?? .authenticated
  }
}

extension Located<Name> {
  /// The name of a table of the administrator's; nil after a complaint.
  init?(_ entry: TomlNode.Entry, _ section: inout Section) {
    guard let name = Name(entry.key) else {
      section.complain("\(entry.key.quoted) is not \(TextForm<Name>.name.expectation)", at: entry.keyPosition)
      return nil
    }
    self.init(name, at: entry.keyPosition)
  }
}

extension Section {
  /// Seconds, within what any element of a set may live.
  mutating func lease(_ key: String) -> Located<UInt32>? {
    text(key, .lease, in: 1...TableLimits.longestLease, DurationText.text(seconds:))
  }
}
