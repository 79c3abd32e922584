// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
package import PosternKnock
package import PosternTables

/// The knocks that several gates told of, as long as their stamps are good: each counts with the gate that told of it first.
///
/// A gate alone needs none of this: its replay ring says the same. Several have a ring each, and whoever sends a copy of a knock from
/// another address may reach another gate with it. A knock is known by the lower half of its id.
package struct SpentKnocks: Sendable {
  /// Nanoseconds from the first to the last moment at which a stamp is good, clocks that go wrong included.
  private let memory: UInt64
  /// The most within one such time.
  private let limit: Int

  private var recent: Set<UInt64> = []
  /// Those from before the last turn.
  private var older: Set<UInt64> = []
  private var turned: UInt64 = 0
  /// By gate: a knock for several doors comes as several grants, one behind another.
  private var last: [Int: UInt64] = [:]
  /// The latest time at which a knock was spent.
  private var latest = Timestamp.zero

  package init(memory: UInt64, limit: Int) {
    self.memory = memory
    self.limit = limit
  }

  /// For the protocols that remember knocks in this configuration, and for as many knocks as the gates' rings have room for.
  package init(_ tables: KeeperTables) {
    let longest = tables.rings.compactMap { $0.kind.window?.length }.max() ?? .seconds(0)
    self.init(
      memory: UInt64(longest.nanoseconds + ClockGate.tolerance.nanoseconds), limit: Int(TableLimits.ringSlots) * tables.gates)
  }

  /// Goes on with what another configuration remembered.
  package mutating func take(over earlier: SpentKnocks) {
    (recent, older, turned, latest) = (earlier.recent, earlier.older, earlier.turned, earlier.latest)
  }

  /// `replay` for a knock that was told of before, `ringFull` where no more can be remembered, `clockClosed` while the clock stands before a
  /// time at which knocks were spent: those may be forgotten here, and their stamps good again.
  package mutating func spend(_ knock: UInt64, of gate: Int, at now: Moment) throws(Denial) {
    guard last[gate] != knock else { return }
    guard now.wall >= latest - ClockGate.tolerance else { throw .clockClosed }
    turn(at: now.uptime)
    guard !recent.contains(knock), !older.contains(knock) else { throw .replay }
    guard recent.count < limit else { throw .ringFull }
    recent.insert(knock)
    last[gate] = knock
    latest = max(latest, now.wall)
  }

  /// Each knock stays for one to two times ``memory``.
  private mutating func turn(at uptime: UInt64) {
    guard uptime >= turned + memory else { return }
    older = uptime >= turned + 2 * memory ? [] : recent
    recent = []
    turned = uptime
  }
}

extension FreshnessWindow {
  /// Nil where nothing but memory stands against a repetition: several gates take no such knocks.
  fileprivate var length: Timestamp.Span? { isStamped ? .init(nanoseconds: past.nanoseconds + future.nanoseconds) : nil }
}
