// SPDX-License-Identifier: Apache-2.0

/// Which one-time indices of a client key are spent: all up to `last` but those that the window has not seen yet.
///
/// An index counts once, and only while it is less than 64 behind the highest one: packets of several knocks may overtake each other
/// (the anti-replay window of RFC 4303 section 3.4.3). Zero is no index.
package struct KnockIndexWindow: Hashable, Sendable {
  package static let width: UInt64 = 64

  /// The highest index that was spent; zero when there is none.
  package private(set) var last: UInt64
  /// Bit n says that `last - n` is spent.
  package private(set) var seen: UInt64

  package init(last: UInt64 = 0, seen: UInt64 = 0) {
    self.last = last
    self.seen = seen
  }

  /// A window that refuses everything up to `floor`.
  package init(above floor: UInt64) { self.init(last: floor, seen: .max) }

  package func admits(_ index: UInt64) -> Bool {
    guard index > 0 else { return false }
    guard index <= last else { return true }
    let age = last - index
    return age < Self.width && seen & (1 << age) == 0
  }

  /// Spends an index; false, and nothing changes, for one that is spent or too old.
  package mutating func spend(_ index: UInt64) -> Bool {
    guard admits(index) else { return false }
    if index > last {
      let step = index - last
      seen = step < Self.width ? seen << step | 1 : 1
      last = index
    } else {
      seen |= 1 << (last - index)
    }
    return true
  }

  /// Refuses everything up to `floor` from now on.
  package mutating func raise(to floor: UInt64) {
    if floor > last { self = KnockIndexWindow(above: floor) }
  }
}
