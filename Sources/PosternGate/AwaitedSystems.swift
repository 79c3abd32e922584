// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKnock
import PosternWire

/// Grants of doors that demand an operating system, until a first packet that the kernel holds shows it; and what such packets showed
/// that came before their knocks.
///
/// Any packet from a grant's address may show it: one that somebody else forges, of whatever system, takes nothing from the user whose
/// own packet is on its way.
struct AwaitedSystems: Sendable {
  /// What is beyond is refused at once.
  static let limit = 256
  /// What is beyond takes the place of the oldest.
  static let seenLimit = 256
  /// As long as the rules hold packets of somebody who knocked.
  static let patience = Timestamp.Span.seconds(2)

  private struct Waiting: Sendable {
    let grant: Grant
    let systems: OperatingSystems
    let source: IPAddress
    let since: Timestamp
    var hasSeenOther = false
  }

  private struct Seen: Sendable {
    let source: IPAddress
    var systems: OperatingSystems
    var since: Timestamp
  }

  private var waiting: [Waiting] = []
  private var refused: [KeeperFrame.Refusal] = []
  private var seen: [Seen] = []
  private var oldest = 0

  var isEmpty: Bool { waiting.isEmpty && refused.isEmpty }

  /// Whether the grant may leave; one that may not waits. A later grant of the same key at the same door waits instead of the earlier.
  mutating func admit(_ grant: Grant, _ systems: OperatingSystems, from source: IPAddress, at now: Timestamp) -> Bool {
    let before = seen.filter { Self.isLive($0.since, at: now) && grant.admits($0.source) }
    if before.contains(where: { !$0.systems.isDisjoint(with: systems) }) { return true }
    waiting.removeAll { $0.grant.isLike(grant) }
    var item = Waiting(grant: grant, systems: systems, source: source, since: now)
    item.hasSeenOther = before.contains { !$0.systems.isEmpty }
    if waiting.count < Self.limit { waiting.append(item) } else { refused.append(Self.refusal(item)) }
    return false
  }

  /// The grants for which this packet was awaited.
  mutating func see(_ systems: OperatingSystems, from source: IPAddress, at now: Timestamp) -> [Grant] {
    remember(systems, of: source, at: now)
    var leaving: [Grant] = []
    waiting = waiting.compactMap { item in
      guard Self.isLive(item.since, at: now), item.grant.admits(source) else { return item }
      guard SystemAnswer(systems, to: item.systems) != .fits else {
        leaving.append(item.grant)
        return nil
      }
      var item = item
      if !systems.isEmpty { item.hasSeenOther = true }
      return item
    }
    return leaving
  }

  /// Those that have waited long enough, or all without a time.
  mutating func end(at now: Timestamp?) -> [KeeperFrame.Refusal] {
    var ended = refused
    refused = []
    waiting.removeAll { item in
      if let now, Self.isLive(item.since, at: now) { return false }
      ended.append(Self.refusal(item))
      return true
    }
    return ended
  }

  /// What no signature knows says nothing; of one source all that it showed counts, so that repeats push nobody out.
  private mutating func remember(_ systems: OperatingSystems, of source: IPAddress, at now: Timestamp) {
    guard !systems.isEmpty else { return }
    if let place = seen.firstIndex(where: { $0.source == source }) {
      seen[place].systems = Self.isLive(seen[place].since, at: now) ? seen[place].systems.union(systems) : systems
      return seen[place].since = now
    }
    let item = Seen(source: source, systems: systems, since: now)
    guard seen.count == Self.seenLimit else { return seen.append(item) }
    seen[oldest] = item
    oldest = (oldest + 1) % Self.seenLimit
  }

  /// A clock that was set back makes nothing wait, or count, for longer.
  private static func isLive(_ since: Timestamp, at now: Timestamp) -> Bool { now >= since && now - since < patience }

  private static func refusal(_ item: Waiting) -> KeeperFrame.Refusal {
    KeeperFrame.Refusal(
      denial: item.hasSeenOther ? .wrongSystem : .systemUnknown, key: item.grant.key, source: item.source, skew: .seconds(0),
      spent: item.grant.knock.low)
  }
}

extension Grant {
  fileprivate func admits(_ source: IPAddress) -> Bool {
    switch source {
    case .v4(let address): ipv4?.address == address
    case .v6(let address): ipv6?.address == address
    }
  }

  /// The same door for the same addresses in the name of the same key.
  fileprivate func isLike(_ other: Grant) -> Bool {
    key == other.key && door == other.door && ipv4 == other.ipv4 && ipv6 == other.ipv6
  }
}
