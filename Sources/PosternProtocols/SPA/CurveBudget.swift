// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// How many curve operations a second may be spent on packets that only their tag vouches for.
///
/// A token bucket that holds one second's worth; over it a lot decides.
package struct CurveBudget: Sendable {
  /// One in so many packets of a known hint is served over the budget, so that a flood with a user's hint cannot shut him out for
  /// certain.
  package static let oddsOverBudget: UInt64 = 16

  private static let second: UInt64 = 1_000_000_000
  private let perSecond: UInt64
  /// Billionths of an operation: at most 2^32 * 10^9, so that the sums below fit.
  private var level: UInt64
  private var last: Timestamp
  private var generator: SplitMix64

  package init(perSecond: UInt32, now: Timestamp, seed: UInt64) {
    self.perSecond = UInt64(perSecond)
    level = UInt64(perSecond) * Self.second
    last = now
    generator = SplitMix64(seed: seed)
  }

  /// Takes one operation from the budget; false when it is spent.
  package mutating func take(at now: Timestamp) -> Bool {
    refill(at: now)
    guard level >= Self.second else { return false }
    level -= Self.second
    return true
  }

  /// True once in ``oddsOverBudget`` calls, at random.
  package mutating func drawsLot() -> Bool { generator.next() % Self.oddsOverBudget == 0 }

  private mutating func refill(at now: Timestamp) {
    // A clock that steps back refills nothing and starts anew from there.
    let elapsed = now > last ? min(now.nanoseconds - last.nanoseconds, Self.second) : 0
    level = min(level + elapsed * perSecond, perSecond * Self.second)
    last = now
  }
}
