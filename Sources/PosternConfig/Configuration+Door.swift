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
    package let destinations: [IPAddress]
    /// Where flows of a lease are led; nowhere by default.
    package let forward: DoorForward
    /// The order of the key's parts that the sets must have; nil takes theirs.
    package let key: [KeyField]?
    /// Leading bits of the source that an element admits.
    package let prefix4: UInt8
    package let prefix6: UInt8
    /// Seconds.
    package let defaultLease: UInt32
    package let longestLease: UInt32
    package let weakest: Strength
    package let addresses: AddressModes
    package let allowsLinkLocal: Bool
    /// The only users who may open it; nil leaves that to the users' own `doors`.
    package let users: [Located<Name>]?
    package let quotas: DoorQuotas
    /// Milliseconds; zero where no first packet waits for its sender's lease.
    package let hold: UInt16
    /// The first flow takes the lease away.
    package let isOnce: Bool
    /// The sets in which the rules of a one-shot door note what came through; nil for other doors.
    package let sessions4: KeeperTables.SetReference?
    package let sessions6: KeeperTables.SetReference?
    package let hours: Hours?
    /// Nil opens from any operating system.
    package let systems: SystemDemand?
    /// Its sets are those that a rule of the administrator's drops by.
    package let isBan: Bool
    /// What starts and ends with a lease.
    package let actions: DoorActions
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

  static func all(_ section: inout Section, _ actions: ActionDirectory) -> [Configuration.Door] {
    let doors = section.named("doors", atMost: TableLimits.doors) { entry, section in
      Configuration.Door(name: .init(entry, &section), &section, actions)
    }
    let named = doors.compactMap { $0 }
    complainAboutSharedSets(named, section)
    DoorForward.complainAboutSharedMaps(named, section)
    return named
  }

  /// What keeps sources out lets nobody in.
  static func complainAboutBanSets(_ doors: [Configuration.Door], _ defence: Configuration.Defence?, _ section: Section) {
    guard let bans = defence?.bans else { return }
    let taken = Set(bans.sets.map(bans.reference))
    for door in doors {
      for set in [door.ipv4, door.ipv6].compactMap(\.self) where taken.contains(set) {
        section.complain("the set \(set) is one of those that bans are written to", at: door.name.position)
      }
    }
  }

  /// The rule that looks a set up masks in one way and gives the parts in one order.
  private static func complainAboutSharedSets(_ doors: [Configuration.Door], _ section: Section) {
    var first: [KeeperTables.SetReference: Configuration.Door] = [:]
    for door in doors {
      for (set, prefix, word) in [(door.ipv4, \Configuration.Door.prefix4, "prefix4"), (door.ipv6, \.prefix6, "prefix6")] {
        guard let set else { continue }
        guard let other = first[set] else {
          first[set] = door
          continue
        }
        if door.key != other.key || door[keyPath: prefix] != other[keyPath: prefix] {
          section.complain(
            "this door and \(other.name.value) share the set \(set) and must have the same \(word.quoted) and \"key\"",
            at: door.name.position)
        }
      }
    }
  }

  private init?(name: Located<Name>?, _ section: inout Section, _ directory: ActionDirectory) {
    let once = section.boolean("once")?.value ?? false
    let sets = DoorSets(&section, isOnce: once)
    let families: [AddressFamily] = (sets.ipv4 == nil ? [] : [.ipv4]) + (sets.ipv6 == nil ? [] : [.ipv6])
    let forward = DoorForward(&section, beside: sets, isOnce: once)
    let key = DoorKey(&section, serves: families, forward)
    forward.checkPorts(section, key.services)
    let longest = section.lease("longest")?.value ?? Self.longestLease
    let lease = Self.lease(&section, longest: longest)
    let weakest = Self.weakest(&section)
    let addresses = Self.addresses(&section)
    let linkLocal = section.boolean("link-local")?.value ?? false
    let users = section.texts("users", .name, 1...TableLimits.users)
    let quotas = DoorQuotas(&section)
    let hold = Self.hold(&section)
    let hours = Configuration.Hours(&section)
    let systems = SystemDemand(&section, isHeld: hold > 0)
    let isBan = section.boolean("bans")?.value ?? false
    let actions = DoorActions(&section, directory)
    if once { Self.checkTransports(key.services, &section) }
    guard let name else { return nil }
    self.init(
      name: name, ipv4: sets.ipv4, ipv6: sets.ipv6, services: key.services, destinations: key.destinations, forward: forward,
      key: key.key,
      prefix4: key.prefix4, prefix6: key.prefix6, defaultLease: lease, longestLease: longest, weakest: weakest,
      addresses: addresses, allowsLinkLocal: linkLocal, users: users, quotas: quotas, hold: hold, isOnce: once,
      sessions4: sets.sessions4,
      sessions6: sets.sessions6, hours: hours, systems: systems, isBan: isBan, actions: actions)
  }

  /// A rule takes a door by what only the client can send: over TCP an acknowledgement, over UDP the port that the knock names.
  private static func checkTransports(_ services: [Service], _ section: inout Section) {
    let transports = Set(services.map(\.transport))
    guard !transports.isEmpty, transports != [.tcp], transports != [.udp] else { return }
    section.complain(
      "a one-shot door serves tcp alone or udp alone: their rules and sets differ", at: section.entry("once")?.node.position)
  }

  /// `packet-source = true` stands for all modes, and its absence for named addresses.
  private static func addresses(_ section: inout Section) -> AddressModes {
    section.excludes("addresses", "packet-source")
    let all = section.boolean("packet-source")?.value ?? false
    let words = modes.map(\.word)
    let listed = section.texts("addresses", .oneOf(words.map { ($0, $0) }), 1...words.count)
    guard let listed else { return all ? .all : .named }
    return AddressModes(modes.filter { mode in listed.contains { $0.value == mode.word } }.map(\.mode))
  }

  private static let modes: [(word: String, mode: AddressModes)] = [
    ("named", .named), ("packet-source", .packetSource), ("agreed", .agreed),
  ]

  /// A door that names somebody who does not exist names somebody else by mistake.
  static func complainAboutStrangers(_ doors: [Configuration.Door], users: Set<Name>, _ section: Section) {
    for door in doors {
      for user in door.users ?? [] where !users.contains(user.value) {
        let name = user.value.description
        section.complain(
          "unknown user \(name.quoted)" + Spelling.hint(for: name, among: users.map(\.description).sorted()), at: user.position)
      }
    }
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

  static func weakest(_ section: inout Section, of what: String = "a door") -> Strength {
    let weakest = section.text("weakest", strengths)
    let words = section.text("allow-weak", .words(weakWords))
    let isWeak = (weakest?.value ?? .authenticated) < .authenticated
    if let weakest, isWeak, section.entry("allow-weak") == nil {
      section.complain("\(what) this weak also needs: allow-weak = \(weakWords.quoted)", at: weakest.position)
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
