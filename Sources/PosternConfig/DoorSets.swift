// SPDX-License-Identifier: Apache-2.0
import PosternTables

/// The keys `table`, `set4` and `set6` of a door: at least one set, in one table or in two.
struct DoorSets {
  private typealias Family = KeeperTables.SetReference.Family

  /// A family of nftables and the name of one of its tables.
  struct Table {
    var family: KeeperTables.SetReference.Family
    var name: String

    /// `inet NAME`, `ip NAME` or `ip6 NAME`.
    init?(_ text: some StringProtocol) {
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 2, let family = Family.allCases.first(where: { $0.description == words[0] }),
        String(words[1]).isNftName
      else { return nil }
      self.family = family
      name = String(words[1])
    }
  }

  /// What `set4` or `set6` says.
  enum Named {
    case none
    case inTable(String)
    case elsewhere(Table, String)

    /// Nothing, `NAME`, or `FAMILY TABLE NAME`.
    init?(_ text: String) {
      guard !text.isEmpty else {
        self = .none
        return
      }
      guard let space = text.lastIndex(of: " ") else {
        guard text.isNftName else { return nil }
        self = .inTable(text)
        return
      }
      let name = String(text[text.index(after: space)...])
      guard let table = Table(text[..<space]), name.isNftName else { return nil }
      self = .elsewhere(table, name)
    }

    var isElsewhere: Bool {
      switch self {
      case .none, .inTable: false
      case .elsewhere: true
      }
    }
  }

  /// `FAMILY TABLE NAME`.
  static func reference(_ text: String) -> KeeperTables.SetReference? {
    guard case .elsewhere(let table, let name)? = Named(text) else { return nil }
    return KeeperTables.SetReference(family: table.family, table: table.name, set: name)
  }

  private(set) var ipv4: KeeperTables.SetReference?
  private(set) var ipv6: KeeperTables.SetReference?

  /// Where the rules of a one-shot door note what came through, in the door's own table.
  private(set) var sessions4: KeeperTables.SetReference?
  private(set) var sessions6: KeeperTables.SetReference?

  init(_ section: inout Section, isOnce: Bool) {
    let table = section.text("table", TextForm("a table like \"inet postern\"", Table.init))
    let form = TextForm("the name of a set, or a set like \"ip filter ssh\"", Named.init)
    let (named4, named6) = (section.text("set4", form), section.text("set6", form))
    // Somebody who names one set by its table and says nothing of the other serves one family.
    let isComplete = table == nil && (named4?.value.isElsewhere == true || named6?.value.isElsewhere == true)
    let names = Self.standardNames(&section, isOnce: isOnce)
    let standard = table?.value ?? Table("inet postern")
    ipv4 = Self.set(section, "set4", named4, standard: isComplete ? nil : names.ipv4, in: standard, unless: .ip6)
    ipv6 = Self.set(section, "set6", named6, standard: isComplete ? nil : names.ipv6, in: standard, unless: .ip)
    if ipv4 == nil, ipv6 == nil { section.complain("[\(section.title)] serves no family: \"set4\" and \"set6\" are empty") }
    if let ipv4, ipv4 == ipv6 { section.complain("\"set4\" and \"set6\" name the same set \(ipv4.set.quoted)") }
    sessions4 = Self.sessions(&section, "session4", beside: ipv4, isOnce: isOnce)
    sessions6 = Self.sessions(&section, "session6", beside: ipv6, isOnce: isOnce)
  }

  /// The sets of the shipped rules: what a one-shot door needs of an element's key depends on the protocol.
  private static func standardNames(_ section: inout Section, isOnce: Bool) -> (ipv4: String, ipv6: String) {
    guard isOnce else { return ("door4", "door6") }
    guard case .array(let ports)? = section.entry("ports")?.node.kind, case .string(let first)? = ports.first?.kind,
      first.hasPrefix("udp")
    else { return ("once4", "once6") }
    return ("exact4", "exact6")
  }

  private static func sessions(
    _ section: inout Section, _ key: String, beside set: KeeperTables.SetReference?, isOnce: Bool
  ) -> KeeperTables.SetReference? {
    let name = section.text(key, TextForm("the name of a set", { $0.isEmpty || $0.isNftName ? $0 : nil }))
    if let name, !isOnce { section.complain("\(key.quoted) means nothing without \"once = true\"", at: name.position) }
    guard isOnce, var reference = set else { return nil }
    reference.set = name?.value ?? key
    return reference.set.isEmpty ? nil : reference
  }

  /// A table of one family never sees the other's packets: there the set is absent by default and refused when named.
  private static func set(
    _ section: Section, _ key: String, _ named: Located<Named>?, standard: String?, in table: Table?,
    unless blind: KeeperTables.SetReference.Family
  ) -> KeeperTables.SetReference? {
    guard let table else { return nil }
    switch named?.value {
    case .none?: return nil
    case .inTable(let name)?: return set(section, key, name, in: table, unless: blind, at: named?.position)
    case .elsewhere(let table, let name)?: return set(section, key, name, in: table, unless: blind, at: named?.position)
    case nil:
      guard let standard, table.family != blind else { return nil }
      return KeeperTables.SetReference(family: table.family, table: table.name, set: standard)
    }
  }

  private static func set(
    _ section: Section, _ key: String, _ name: String, in table: Table, unless blind: KeeperTables.SetReference.Family,
    at position: ConfigPosition?
  ) -> KeeperTables.SetReference {
    if table.family == blind {
      section.complain("a table of family \(blind) cannot serve \(key.quoted)", at: position)
    }
    return KeeperTables.SetReference(family: table.family, table: table.name, set: name)
  }
}
