// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternTables
import PosternWire

/// First packets that wait in a queue of the kernel for the decision on their sender.
///
/// Why a client that knocks and connects in the same instant finds its door open, step by step:
/// 1. The rule that logs a knock also marks its sender as knocking, behind the log; only packets of a knocking sender are queued. So a
///    queued packet's knock lies in the gate's socket before the packet itself is queued.
/// 2. The gate, with a queued packet in its hands, reads every logged packet that was there. Then the knock is decided, and its frame
///    stands before the one that calls the packet decided.
/// 3. The keeper takes frames in their order, writes the sets, hears the kernel's answer, and gives verdicts only then.
///
/// So a packet that is decided goes on at once, as does any packet of a source whose door is open already, whatever is still to be
/// read: junk in a user's name does not keep his new connections waiting. Others wait for one of the two, at most as long as doors
/// hold. A packet that is decided waits on only where its sender's lease itself waits, for a set that is being loaded anew.
///
/// The verdict is always ACCEPT: it ends the hold, no more, and the chains behind it decide by the lease. So nothing is gained by
/// whoever makes a gate tell of packets that do not exist.
package struct HeldPackets: Sendable {
  package static let perSource = 4
  package static let inAll = 256

  private struct Waiting: Sendable {
    var packet: KeeperFrame.Held
    /// CLOCK_MONOTONIC nanoseconds.
    var end: UInt64
  }

  private var waiting: [Waiting] = []

  package init() {}

  package var count: Int { waiting.count }
  /// When the first of them has waited long enough.
  package var nextEnd: UInt64? { waiting.map(\.end).min() }

  /// Lets the packet wait until `end`; false when it must go on: there are too many of its source or in all. A packet that waits already
  /// goes on waiting.
  mutating func hold(_ packet: KeeperFrame.Held, until end: UInt64) -> Bool {
    if place(of: packet) != nil { return true }
    let ofSource = waiting.count { $0.packet.source == packet.source }
    guard waiting.count < Self.inAll, ofSource < Self.perSource else { return false }
    waiting.append(Waiting(packet: packet, end: end))
    return true
  }

  /// Notes that a packet is decided; one that does not wait any more has had its verdict.
  mutating func decide(_ packet: KeeperFrame.Held) {
    guard let place = place(of: packet) else { return }
    waiting[place].packet.stage = .decided
  }

  /// Takes out the packets that have waited long enough, and those that wait for nothing any more.
  mutating func release(at uptime: UInt64, unless mustWait: (KeeperFrame.Held) -> Bool) -> [KeeperFrame.Held] {
    var released: [KeeperFrame.Held] = []
    waiting.removeAll { item in
      if item.end > uptime, mustWait(item.packet) { return false }
      released.append(item.packet)
      return true
    }
    return released
  }

  /// Forgets those of a queue: the kernel has dropped them.
  mutating func removeAll(in queue: UInt16) { waiting.removeAll { $0.packet.queue == queue } }

  private func place(of packet: KeeperFrame.Held) -> Int? {
    waiting.firstIndex { $0.packet.queue == packet.queue && $0.packet.id == packet.id }
  }
}

extension Keeper {
  /// The packets that go on now, to be asked for once the kernel has answered the work in which they came.
  package mutating func released(by work: Work, at now: Moment) -> [KeeperFrame.Held] {
    guard held.count > 0 || !work.held.isEmpty else { return [] }
    var packets = held
    var released: [KeeperFrame.Held] = []
    for packet in work.held {
      switch packet.stage {
      case .decidedAtLast: packets.decide(packet)
      case .arrived, .decided:
        if !packets.hold(packet, until: now.uptime + longestHold) { released.append(packet) }
      }
    }
    released += packets.release(at: now.uptime, unless: mustWait)
    held = packets
    return released
  }

  /// The packets that have waited long enough.
  package mutating func released(at now: Moment) -> [KeeperFrame.Held] { released(by: Work(), at: now) }

  package mutating func forgetHeld(in queue: UInt16) { held.removeAll(in: queue) }

  /// Nanoseconds. A packet does not say which door it is for until its verdict is given.
  private var longestHold: UInt64 { UInt64(rules.tables.doors.map(\.hold).max() ?? 0) * 1_000_000 }

  private func mustWait(_ packet: KeeperFrame.Held) -> Bool {
    switch packet.stage {
    case .arrived: !hasLease(packet.source, whereSetIsAway: false)
    case .decided, .decidedAtLast: hasLease(packet.source, whereSetIsAway: true)
    }
  }

  /// Whether a lease of this source stands at a door that holds, in a set that is away or in one that is there.
  private func hasLease(_ source: IPAddress, whereSetIsAway isAway: Bool) -> Bool {
    if isAway, absent.isEmpty { return false }
    return rules.tables.doors.indices.contains { door in
      guard rules.tables.doors[door].hold > 0 else { return false }
      return rules.elements([source], door: door)
        .contains { absent.contains($0.set) == isAway && !book.holders(of: $0).isEmpty }
    }
  }
}
