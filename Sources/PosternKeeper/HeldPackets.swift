// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternTables
import PosternWire

/// First packets that wait in a queue of the kernel for the decision on their sender.
///
/// Why a client that knocks and connects in the same instant finds its door open, step by step:
/// 1. The rule that logs a knock also marks its sender as knocking, behind the log; only packets of a knocking sender are queued. So a
///    queued packet's knock lies in the gate's socket before the packet itself is queued.
/// 2. The gate, with a queued packet in its hands, first reads every logged packet that was there. Then the knock is decided, and its
///    frame stands before that of the packet, in the same message or an earlier one.
/// 3. The keeper takes frames in their order, writes the sets, hears the kernel's answer, and gives verdicts only then.
///
/// A verdict is ACCEPT: it ends the hold, no more, and the chains behind it decide by the lease. So nothing is gained by whoever makes
/// a gate tell of packets that do not exist, and a packet whose sender has sent junk, or nothing that counts, goes on at once. Only
/// a packet whose sender has a lease that waits for its set (the ruleset is being loaded anew) waits with it, as long as the door says.
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
    let isKnown = waiting.contains { $0.packet.queue == packet.queue && $0.packet.id == packet.id }
    if isKnown { return true }
    let ofSource = waiting.count { $0.packet.source == packet.source }
    guard waiting.count < Self.inAll, ofSource < Self.perSource else { return false }
    waiting.append(Waiting(packet: packet, end: end))
    return true
  }

  var sources: Set<IPAddress> { Set(waiting.map(\.packet.source)) }

  /// Takes out the packets that have waited long enough, and those whose source waits for nothing any more.
  mutating func release(at uptime: UInt64, except sources: Set<IPAddress>) -> [KeeperFrame.Held] {
    let rest = waiting.filter { $0.end > uptime && sources.contains($0.packet.source) }
    let released = waiting.filter { $0.end <= uptime || !sources.contains($0.packet.source) }.map(\.packet)
    waiting = rest
    return released
  }

  /// Forgets all of them: the kernel has dropped them.
  mutating func removeAll() { waiting.removeAll() }
}

extension Keeper {
  /// The packets that go on now, to be asked for once the kernel has answered the work in which they came.
  package mutating func released(by work: Work, at now: Moment) -> [KeeperFrame.Held] {
    var released = held.release(at: now.uptime, except: held.sources.filter { hold(of: $0) != nil })
    for packet in work.held {
      guard let hold = hold(of: packet.source), held.hold(packet, until: now.uptime + hold) else {
        released.append(packet)
        continue
      }
    }
    return released
  }

  /// The packets that have waited long enough.
  package mutating func released(at now: Moment) -> [KeeperFrame.Held] { released(by: Work(), at: now) }

  package mutating func forgetHeld() { held.removeAll() }

  /// How long, in nanoseconds, a packet of this source may wait: the longest of the doors at which a lease of his waits for its set.
  private func hold(of source: IPAddress) -> UInt64? {
    guard !absent.isEmpty else { return nil }
    let doors = rules.tables.doors.indices.filter { rules.tables.doors[$0].hold > 0 }
    let waiting = doors.filter { door in
      rules.elements([source], door: door).contains { absent.contains($0.set) && !book.holders(of: $0).isEmpty }
    }
    return waiting.map { UInt64(rules.tables.doors[$0].hold) * 1_000_000 }.max()
  }
}
