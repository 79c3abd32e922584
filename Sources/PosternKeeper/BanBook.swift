// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
package import PosternWire

/// Who is banned, and who was: a fixed number of each at most.
package struct BanBook: Sendable {
  /// As many as a set of the shipped rules holds; the operators' bans have sets, and room, of their own.
  private static let limit = 65_536
  /// Sources that are remembered after their bans; beyond it the one is forgotten whose time comes first.
  private static let memoryLimit = 4096

  private struct Place: Hashable {
    var isManual: Bool
    var source: AddressPrefix
  }

  private struct Memory {
    var bans: UInt32
    /// The uptime at which it is forgotten.
    var until: UInt64
  }

  private var bans: [Place: Ban] = [:]
  private var manual = 0
  private var memory: [AddressPrefix: Memory] = [:]
  /// No ban ends before this moment.
  package private(set) var nextEnd: UInt64?

  package init() {}

  package var count: Int { bans.count }
  package func isFull(isManual: Bool) -> Bool { (isManual ? manual : bans.count - manual) >= Self.limit }
  /// Soonest end first.
  package var all: [Ban] { bans.values.sorted { ($0.end, $0.sourceText) < ($1.end, $1.sourceText) } }

  /// The bans that a source falls under, the closest first.
  package func covering(_ source: AddressPrefix) -> [Ban] {
    [false, true].flatMap { isManual in
      BanSet.lengths(source.address.family, isManual: isManual).compactMap { length in
        guard length <= source.length else { return nil }
        return bans[Place(isManual: isManual, source: AddressPrefix(around: source.address, length: length))]
      }
    }
  }

  /// The bans that share an address with this network.
  package func overlapping(_ network: AddressPrefix) -> [Ban] {
    all.filter { $0.source.overlaps(network) }
  }

  /// The ban of exactly this network.
  package func ban(_ source: AddressPrefix, isManual: Bool) -> Ban? { bans[Place(isManual: isManual, source: source)] }

  /// How many networks of a length are banned within another one by the keeper itself.
  func count(length: UInt8, within network: AddressPrefix) -> Int {
    bans.values.count { !$0.isManual && $0.source.length == length && network.contains($0.source) }
  }

  package mutating func put(_ ban: Ban) {
    let old = bans.updateValue(ban, forKey: Place(isManual: ban.isManual, source: ban.source))
    if old == nil, ban.isManual { manual += 1 }
    nextEnd = min(nextEnd ?? .max, ban.end)
  }

  package mutating func remove(_ ban: Ban) {
    guard bans.removeValue(forKey: Place(isManual: ban.isManual, source: ban.source)) != nil else { return }
    if ban.isManual { manual -= 1 }
    if bans.isEmpty { nextEnd = nil }
  }

  /// Removes and returns the bans that are over; the kernel has let go of their elements by itself.
  package mutating func removeEnded(at uptime: UInt64) -> [Ban] {
    guard let nextEnd, nextEnd <= uptime else { return [] }
    let ended = bans.values.filter { $0.end <= uptime }.sorted { ($0.end, $0.sourceText) < ($1.end, $1.sourceText) }
    for ban in ended { remove(ban) }
    self.nextEnd = bans.values.lazy.map(\.end).min()
    return ended
  }

  // MARK: Repeats

  /// How often the source was banned before.
  func repeats(of source: AddressPrefix, at uptime: UInt64) -> UInt32 {
    guard let known = memory[source], known.until > uptime else { return 0 }
    return known.bans
  }

  /// Remembers a ban until an uptime.
  mutating func remember(_ ban: Ban, until: UInt64) {
    if memory[ban.source] == nil, memory.count >= Self.memoryLimit,
      let first = memory.min(by: { $0.value.until < $1.value.until })
    {
      memory[first.key] = nil
    }
    memory[ban.source] = Memory(bans: ban.repeats + 1, until: until)
  }

  /// Begins with the source anew.
  mutating func forgive(_ source: AddressPrefix) { memory[source] = nil }
}

extension AddressPrefix {
  func overlaps(_ other: AddressPrefix) -> Bool { contains(other) || other.contains(self) }
}
