// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Which keys a packet's source leaves: those that any source may use, and those whose prefixes hold it.
///
/// One look into a table for each length of prefix that occurs, however many keys there are. Keys are named by a number.
struct FwknopSources {
  private struct Level {
    let family: AddressFamily
    let length: UInt8
    var keys: [AddressPrefix: [Int]]
  }

  private(set) var anywhere: [Int] = []
  private var levels: [Level] = []

  /// Without prefixes a key may be used from anywhere.
  mutating func add(_ key: Int, from sources: [AddressPrefix]) {
    if sources.isEmpty { anywhere.append(key) }
    for source in Set(sources) { levels[level(of: source)].keys[source, default: []].append(key) }
  }

  private mutating func level(of source: AddressPrefix) -> Int {
    let family = source.address.family
    if let index = levels.firstIndex(where: { $0.family == family && $0.length == source.length }) { return index }
    levels.append(Level(family: family, length: source.length, keys: [:]))
    return levels.count - 1
  }

  /// How many keys of certain sources this source leaves.
  func boundCount(_ source: IPAddress) -> Int {
    var count = 0
    for level in levels { count += Self.keys(of: level, source)?.count ?? 0 }
    return count
  }

  /// The first key of certain sources that holds.
  func firstBound(_ source: IPAddress, where holds: (Int) -> Bool) -> Int? {
    for level in levels {
      if let key = Self.keys(of: level, source)?.first(where: holds) { return key }
    }
    return nil
  }

  private static func keys(of level: Level, _ source: IPAddress) -> [Int]? {
    guard level.family == source.family else { return nil }
    return level.keys[AddressPrefix(around: source, length: level.length)]
  }
}
