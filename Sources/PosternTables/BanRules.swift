// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

/// What the keeper knows of `[defence]`: where bans are written, how long they last, and whom they never meet.
package struct BanRules: Hashable, Sendable {
  package var family: KeeperTables.SetReference.Family
  package var table: String
  /// Seconds of a first ban; each that follows lasts twice as long.
  package var timeout: UInt32
  /// Seconds of any ban of the keeper's own.
  package var longest: UInt32
  package var bansPerMinute: UInt32
  package var never: [AddressPrefix]

  package init(
    family: KeeperTables.SetReference.Family, table: String, timeout: UInt32, longest: UInt32, bansPerMinute: UInt32,
    never: [AddressPrefix] = []
  ) {
    self.family = family
    self.table = table
    self.timeout = timeout
    self.longest = longest
    self.bansPerMinute = bansPerMinute
    self.never = never
  }

  package func reference(_ set: BanSet) -> KeeperTables.SetReference {
    KeeperTables.SetReference(family: family, table: table, set: set.name)
  }

  /// The sets that the table's family can use.
  package var sets: [BanSet] {
    BanSet.all.filter { set in
      switch family {
      case .inet: true
      case .ip: set.family == .ipv4
      case .ip6: set.family == .ipv6
      }
    }
  }
}

/// One of the named sets for bans. Each holds networks of one length, so that all are plain sets and the rules mask.
package struct BanSet: Hashable, Sendable {
  /// Whether operators write it, not the keeper itself.
  package let isManual: Bool
  package let family: AddressFamily
  /// Leading bits.
  package let length: UInt8

  /// Nil for a length that there is no set for.
  package init?(isManual: Bool, _ family: AddressFamily, length: UInt8) {
    guard Self.lengths(family, isManual: isManual).contains(length) else { return nil }
    self.init(isManual, family, length)
  }

  private init(_ isManual: Bool, _ family: AddressFamily, _ length: UInt8) {
    self.isManual = isManual
    self.family = family
    self.length = length
  }

  /// The lengths of networks that can be banned, longest first.
  package static func lengths(_ family: AddressFamily, isManual: Bool) -> [UInt8] {
    switch family {
    case .ipv4: isManual ? [32, 24, 16] : [32]
    case .ipv6: [64, 56, 48]
    }
  }

  package static let all: [BanSet] = [false, true].flatMap { isManual in
    AddressFamily.allCases.flatMap { family in
      lengths(family, isManual: isManual).map { BanSet(isManual, family, $0) }
    }
  }

  /// `banned4`, `banned6_56`, `barred4_24`: a set of single sources bears no length.
  package var name: String {
    let name = (isManual ? "barred" : "banned") + "\(family.rawValue)"
    return length == Self.lengths(family, isManual: isManual).first ? name : "\(name)_\(length)"
  }
}

extension BanRules {
  init(_ reader: inout WireReader) throws(WireError) {
    guard let family = KeeperTables.SetReference.Family(rawValue: try reader.u8()) else { throw .malformed }
    let table = try reader.text(1...TableLimits.nftNameBytes)
    let longest = try reader.number(in: 1...TableLimits.longestBan)
    self.init(
      family: family, table: table, timeout: try reader.number(in: 1...longest), longest: longest,
      bansPerMinute: try reader.number(in: TableLimits.bansPerMinute),
      never: try reader.list(0...TableLimits.neverBanned) { (reader) throws(WireError) in try reader.prefix() })
  }

  func put(to writer: inout WireWriter) {
    writer.u8(family.rawValue)
    writer.text(table)
    writer.u32(longest)
    writer.u32(timeout)
    writer.u32(bansPerMinute)
    writer.list(never) { $0.prefix($1) }
  }
}
