// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
package import PosternWire

/// Bans that operators ask for. They decide whom they keep out; only what no source can be is refused.
extension Keeper {
  /// Bans a network, or bans it for another time.
  package mutating func ban(
    _ source: AddressPrefix, seconds: UInt32, by user: UInt32, at now: Moment
  ) throws(OperatorRefusal) -> Work {
    guard rules.tables.defence != nil else { throw .noDefence }
    guard let set = BanSet(isManual: true, source.address.family, length: source.length), rules.catalog.has(set) else {
      throw .noBanSet(lengths: BanSet.lengths(source.address.family, isManual: true))
    }
    guard AddressRule.admits(source, linkLocal: true) else { throw .denied(.addressNotAllowed) }
    guard (1...TableLimits.longestBan).contains(seconds) else { throw .tooLong(most: TableLimits.longestBan) }
    let known = bans.ban(source, isManual: true)
    guard known != nil || !bans.isFull(isManual: true) else { throw .denied(.setFull) }
    var work = Work()
    let end = now.uptime + UInt64(seconds) * 1_000_000_000
    plan(Ban(source: source, cause: .operator(user), repeats: 0, since: known?.since ?? now.wall, end: end), at: now, &work)
    return work
  }

  /// Ends every ban, of whomever, that meets an address of this network, and forgets the repeats.
  package mutating func unban(_ source: AddressPrefix) throws(OperatorRefusal) -> (work: Work, bans: [Ban]) {
    guard rules.tables.defence != nil else { throw .noDefence }
    let met = bans.overlapping(source)
    guard !met.isEmpty else { throw .noBan(source) }
    var work = Work()
    for ban in met {
      bans.forgive(ban.source)
      lift(ban, .byOperator, &work)
    }
    return (work, met)
  }
}
