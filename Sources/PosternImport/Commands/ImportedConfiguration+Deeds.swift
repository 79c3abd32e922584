// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension ImportedConfiguration {
  /// What the commands of each knock come to, in the given order: usual rules become doors, other commands named actions.
  ///
  /// Rules that let an address in come first: what closes a door has to find it.
  mutating func deeds(of pairs: [CommandPair]) -> [KnockDeed] {
    var deeds = [KnockDeed](repeating: .unknown, count: pairs.count)
    let isClosing = { (pair: CommandPair) in pair.rule?.deed == .withdraw }
    for (index, pair) in pairs.enumerated() where !isClosing(pair) { deeds[index] = deed(of: pair) }
    for (index, pair) in pairs.enumerated() where isClosing(pair) { deeds[index] = deed(of: pair) }
    return deeds
  }

  private mutating func deed(of pair: CommandPair) -> KnockDeed {
    guard let rule = pair.rule else { return run(pair) }
    noteConditions(of: rule, at: pair.start.position)
    switch rule.deed {
    case .admit: return open(rule, pair)
    case .withdraw: return close(rule, pair)
    }
  }

  private mutating func noteConditions(of rule: FirewallRule, at position: ImportPosition) {
    for condition in rule.conditions {
      collectedNotes.gap(
        "the rule was for \(condition); the door is for all: say it in the rule that looks the door up", at: position)
    }
  }

  // MARK: Opening

  private mutating func open(_ rule: FirewallRule, _ pair: CommandPair) -> KnockDeed {
    var content = ImportedDoor.Content(rule.services, lease: lease(of: rule, pair))
    content.families = rule.families
    content.ownSet = rule.ownSet
    noteFamilies(of: rule, pair)
    let door = doors.door(content, for: pair.strength, at: pair.start.position, admitsPacketSource: true)
    guard rule.services.isEmpty else { return .open(door: door) }
    let missing =
      rule.ownSet.map { "the rules with set \($0.name) say which services it opens" } ?? "the command opens every port"
    collectedNotes.gap("\(missing): name them in \"ports\" of [doors.\(door)] and switch it on", at: pair.start.position)
    return .open(door: door)
  }

  private mutating func lease(of rule: FirewallRule, _ pair: CommandPair) -> UInt32 {
    let day = TableLimits.longestLease
    if pair.hasStop {
      noteStop(of: rule, pair)
      if pair.seconds > day { collectedNotes.gap("a lease ends after at most a day", at: pair.start.position) }
      return pair.seconds
    }
    if let timeout = rule.timeout { return timeout }
    collectedNotes.gap(
      "the door stayed open until another command closed it; a lease ends after at most a day", at: pair.start.position)
    return day
  }

  private mutating func noteStop(of rule: FirewallRule, _ pair: CommandPair) {
    guard let stop = pair.stop ?? pair.stop6, pair.undoing.map({ rule.isUndone(by: $0) }) != true else { return }
    collectedNotes.gap(
      "the command does more than undo the one that opens, or something else: the kernel ends the lease, nothing runs then",
      at: stop.position)
  }

  private mutating func noteFamilies(of rule: FirewallRule, _ pair: CommandPair) {
    guard rule.families.count == 1, rule.ownSet == nil, pair.start6 == nil else { return }
    let (own, other, key) = rule.families.contains(.ipv4) ? ("IPv4", "IPv6", "set6") : ("IPv6", "IPv4", "set4")
    collectedNotes.remark(
      "the command is for \(own) alone, and so is the door; without its \(key) line it serves \(other), too",
      at: pair.start.position)
  }

  // MARK: Closing

  private mutating func close(_ rule: FirewallRule, _ pair: CommandPair) -> KnockDeed {
    var content = ImportedDoor.Content(rule.services, lease: TableLimits.longestLease)
    content.families = rule.families
    content.ownSet = rule.ownSet
    if pair.hasStop, let stop = pair.stop ?? pair.stop6 {
      collectedNotes.gap("nothing runs after a door was closed", at: stop.position)
    }
    let known = doors.door(like: content)
    if known == nil {
      collectedNotes.remark("no knock of this file opens what this one closes", at: pair.start.position)
    }
    let door = doors.door(known?.content ?? content, for: pair.strength, at: pair.start.position, admitsPacketSource: true)
    return .close(door: door)
  }
}
