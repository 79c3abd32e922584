// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
package import PosternKnock
package import PosternTables

/// The knocks that several gates told of, as long as their stamps are good: each counts with the gate that told of it first.
///
/// A gate alone needs none of this: its replay ring says the same. Several have a ring each, and whoever sends a copy of a knock from
/// another address may reach another gate with it. A knock is known by the lower half of its id.
package struct SpentKnocks: Sendable {
  /// From the first to the last moment at which a stamp is good, clocks that go wrong included.
  private var memory: Timestamp.Span
  /// The most within one such time.
  private let limit: Int

  private var recent: Set<UInt64> = []
  /// Those from before the last turn.
  private var older: Set<UInt64> = []
  private var turned = Timestamp.zero
  /// By gate: a knock for several doors comes as several grants, one behind another.
  private var last: [Int: UInt64] = [:]
  /// The latest time at which a knock was spent.
  private var latest = Timestamp.zero

  package init(memory: Timestamp.Span, limit: Int) {
    self.memory = memory
    self.limit = limit
  }

  /// For the protocols that remember knocks in this configuration, and for as many knocks as the gates' rings have room for.
  package init(_ tables: KeeperTables) {
    let longest = tables.rings.compactMap { $0.kind.window?.length }.max() ?? .seconds(0)
    self.init(
      memory: Timestamp.Span(nanoseconds: longest.nanoseconds + ClockGate.tolerance.nanoseconds),
      limit: Int(TableLimits.ringSlots) * tables.gates)
  }

  /// Goes on with what another configuration remembered, and remembers it no shorter than that did.
  package mutating func take(over earlier: SpentKnocks) {
    memory = max(memory, earlier.memory)
    (recent, older, turned, latest) = (earlier.recent, earlier.older, earlier.turned, earlier.latest)
  }

  /// Zero is a knock that counts as often as it comes. `replay` for one that was told of before, `ringFull` where no more can be remembered,
  /// `clockClosed` while the clock stands before a time at which knocks were spent.
  package mutating func spend(_ knock: UInt64, of gate: Int, at now: Timestamp) throws(Denial) {
    guard knock != 0, last[gate] != knock else { return }
    guard now >= latest - ClockGate.tolerance else { throw .clockClosed }
    // Time that never goes back: what a stamp can be good for is not forgotten while a clock stands wrong.
    latest = max(latest, now)
    turn(at: latest)
    guard !recent.contains(knock), !older.contains(knock) else { throw .replay }
    guard recent.count < limit else { throw .ringFull }
    recent.insert(knock)
    last[gate] = knock
  }

  /// Each knock stays for one to two times ``memory``.
  private mutating func turn(at time: Timestamp) {
    guard time >= turned + memory else { return }
    older = time >= turned + memory + memory ? [] : recent
    recent = []
    turned = time
  }
}

extension FreshnessWindow {
  /// Nil where nothing but memory stands against a repetition: several gates take no such knocks.
  fileprivate var length: Timestamp.Span? { isStamped ? .init(nanoseconds: past.nanoseconds + future.nanoseconds) : nil }
}
