// SPDX-License-Identifier: Apache-2.0
import PosternTables

/// The keys `table`, `set4` and `set6` of a door: one table, at least one set in it.
struct DoorSets {
  private typealias Family = KeeperTables.SetReference.Family

  /// A family of nftables and the name of one of its tables.
  struct Table {
    var family: KeeperTables.SetReference.Family
    var name: String

    /// `inet NAME`, `ip NAME` or `ip6 NAME`.
    init?(_ text: String) {
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 2, let family = Family.allCases.first(where: { $0.description == words[0] }),
        String(words[1]).isNftName
      else { return nil }
      self.family = family
      name = String(words[1])
    }
  }

  private(set) var ipv4: KeeperTables.SetReference?
  private(set) var ipv6: KeeperTables.SetReference?

  init(_ section: inout Section) {
    let form = TextForm("a table like \"inet postern\"", Table.init)
    let table = section.text("table", form)?.value ?? Table("inet postern")
    ipv4 = Self.set(&section, "set4", standard: "door4", in: table, unless: .ip6)
    ipv6 = Self.set(&section, "set6", standard: "door6", in: table, unless: .ip)
    if ipv4 == nil, ipv6 == nil { section.complain("[\(section.title)] serves no family: \"set4\" and \"set6\" are empty") }
    if let ipv4, ipv4 == ipv6 { section.complain("\"set4\" and \"set6\" name the same set \(ipv4.set.quoted)") }
  }

  /// A table of one family never sees the other's packets: there the set is absent by default and refused when named.
  private static func set(
    _ section: inout Section, _ key: String, standard: String, in table: Table?, unless blind: KeeperTables.SetReference.Family
  ) -> KeeperTables.SetReference? {
    let found = section.text(key, .setName)
    guard let table else { return nil }
    if let found, !found.value.isEmpty, table.family == blind {
      section.complain("a table of family \(blind) cannot serve \(key.quoted)", at: found.position)
    }
    let name = found?.value ?? (table.family == blind ? "" : standard)
    return name.isEmpty ? nil : KeeperTables.SetReference(family: table.family, table: table.name, set: name)
  }
}
