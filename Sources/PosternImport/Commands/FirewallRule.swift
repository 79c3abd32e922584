// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// What a command of iptables, ip6tables, nft or ufw does for the address of a knock: it lets it in, or no more.
struct FirewallRule: Hashable, Sendable {
  enum Deed: Hashable, Sendable { case admit, withdraw }

  var deed: Deed
  /// None where the rule opens everything, or where a set's name alone says it.
  var services: [Service]
  var families: Set<AddressFamily>
  /// The set of the administrator's into which the address goes.
  var ownSet: ImportedDoor.OwnSet?
  /// Seconds after which the kernel withdraws an element by itself.
  var timeout: UInt32?
  /// What the rule demanded besides and no door can: for people.
  var conditions: [String] = []

  /// Whether the other undoes what this one does.
  func isUndone(by other: FirewallRule) -> Bool {
    deed == .admit && other.deed == .withdraw && services == other.services && families == other.families
      && ownSet == other.ownSet
  }

  /// Nil where the words are another command, or one whose whole effect is not understood. `address` is the word for the knock's.
  init?(_ words: [String], address: String) {
    var words = words[...]
    if words.first.map(Self.program) == "sudo" { words = words.dropFirst() }
    guard let first = words.first else { return nil }
    let arguments = Array(words.dropFirst())
    let rule: FirewallRule? =
      switch Self.program(first) {
      case "iptables", "iptables-nft", "iptables-legacy": IptablesReader.rule(arguments, .ipv4, address)
      case "ip6tables", "ip6tables-nft", "ip6tables-legacy": IptablesReader.rule(arguments, .ipv6, address)
      case "nft": NftReader.rule(arguments, address)
      case "ufw": UfwReader.rule(arguments, address)
      default: nil
      }
    guard let rule else { return nil }
    self = rule
  }

  /// What several commands of one deed do together: for both families, or for several services. Nil where that is no one door.
  static func merged(_ rules: [FirewallRule]) -> FirewallRule? {
    guard var merged = rules.first, rules.allSatisfy({ $0.deed == merged.deed && $0.ownSet == merged.ownSet }) else { return nil }
    for rule in rules.dropFirst() {
      if rule.services == merged.services {
        merged.families.formUnion(rule.families)
      } else if rule.families == merged.families, !rule.services.isEmpty, !merged.services.isEmpty {
        merged.services += rule.services.filter { !merged.services.contains($0) }
      } else {
        return nil
      }
      merged.conditions += rule.conditions.filter { !merged.conditions.contains($0) }
    }
    return merged
  }

  init(_ deed: Deed, _ services: [Service], _ families: Set<AddressFamily>) {
    self.deed = deed
    self.services = services
    self.families = families
  }

  private static func program(_ word: String) -> String { word.parts("/").last ?? word }
}
