// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock
package import PosternWire

/// The leases for which one service listens; it ends with the last of them.
package struct ServiceLeases: Sendable {
  private struct Holder {
    var call: ActionCall
    var ticket: RunnerRequest.Ticket
    /// Nanoseconds of uptime.
    var end: UInt64
  }

  private var holders: [LeaseID: Holder] = [:]
  private var latest: LeaseID?

  package init() {}

  package var isEmpty: Bool { holders.isEmpty }
  package var tickets: [RunnerRequest.Ticket] { holders.values.map(\.ticket) }
  /// When the last lease is over, if nobody says otherwise: a keeper may die.
  package var end: UInt64? { holders.values.map(\.end).max() }

  /// A lease begins, or lasts longer.
  package mutating func put(_ call: ActionCall, _ ticket: RunnerRequest.Ticket, at uptime: UInt64) {
    guard let lease = call.lease else { return }
    holders[lease] = Holder(call: call, ticket: ticket, end: uptime + UInt64(call.seconds) * 1_000_000_000)
    latest = lease
  }

  package mutating func remove(_ lease: LeaseID) { holders[lease] = nil }
  package mutating func removeEnded(at uptime: UInt64) { holders = holders.filter { $0.value.end > uptime } }
  package mutating func removeAll() { holders = [:] }

  /// In whose name a program starts: the lease of the address that connects, or else the latest.
  package func call(from peer: IPAddress?, port: Port?, at uptime: UInt64) -> (call: ActionCall, ticket: RunnerRequest.Ticket)? {
    let own = holders.values.first { $0.call.source == peer && peer != nil }
    guard var holder = own ?? latest.flatMap({ holders[$0] }) ?? holders.values.first else { return nil }
    if let peer {
      holder.call.source = peer
      holder.call.port = port
      if own == nil { (holder.call.user, holder.call.key, holder.call.lease) = (nil, nil, nil) }
    }
    holder.call.seconds = UInt32(clamping: (holder.end > uptime ? holder.end - uptime : 0) / 1_000_000_000)
    return (holder.call, holder.ticket)
  }
}
