// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Remembers from where which key was used last: who comes again from there is found with one code, however many keys there are, and
/// while a flood spends the budget.
///
/// Only packets whose code held are remembered. One place a source and the newest stays: fixed memory, whatever arrives.
struct FwknopMemory {
  private static let capacity = 4096
  private var places: [Entry?]

  private struct Entry {
    let source: IPAddress
    let holder: Int
  }

  init() { places = Array(repeating: nil, count: Self.capacity) }

  func holder(for source: IPAddress) -> Int? {
    guard let entry = places[Self.place(of: source)], entry.source == source else { return nil }
    return entry.holder
  }

  mutating func remember(_ holder: Int, for source: IPAddress) {
    places[Self.place(of: source)] = Entry(source: source, holder: holder)
  }

  private static func place(of source: IPAddress) -> Int { Int(UInt(bitPattern: source.hashValue) % UInt(capacity)) }
}
