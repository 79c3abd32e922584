// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Remembers the tags of decided packets so that a copy costs no curve operation. It saves work; the replay ring decides replay.
///
/// One place a tag and the newest stays: fixed memory, whatever arrives.
package struct SPATagCache: Sendable {
  package static let defaultCapacity = 8192
  private var places: [Bytes16?]

  /// `capacity` is rounded up to a power of two.
  package init(capacity: Int = defaultCapacity) {
    var rounded = 1
    while rounded < capacity { rounded *= 2 }
    places = Array(repeating: nil, count: rounded)
  }

  package func contains(_ tag: Bytes16) -> Bool { places[place(of: tag)] == tag }

  package mutating func insert(_ tag: Bytes16) { places[place(of: tag)] = tag }

  private func place(of tag: Bytes16) -> Int { Int(truncatingIfNeeded: tag.low) & (places.count - 1) }
}
