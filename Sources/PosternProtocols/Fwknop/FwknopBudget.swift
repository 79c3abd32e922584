// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock

/// How much searching for keys a second may cost, in codes computed.
///
/// A bucket that holds a tenth of a second's worth and may go into debt for one search: no search is left half done, the sum stays bounded,
/// and other protocols' packets never wait long.
struct FwknopBudget {
  private static let second: UInt64 = 1_000_000_000
  /// What one trial without a code costs: three digests and a block cipher's key.
  static let trialWithoutCode = 8

  private let perSecond: UInt64
  /// Billionths of a code; negative while in debt.
  private var level: Int64
  private var last: Timestamp

  init(perSecond: UInt32, now: Timestamp) {
    self.perSecond = UInt64(perSecond)
    level = Self.depth(perSecond)
    last = now
  }

  private static func depth(_ perSecond: UInt32) -> Int64 { Int64(perSecond) * Int64(second) / 10 }

  /// Takes the cost of one search; false, and nothing taken, while there is debt.
  mutating func take(_ cost: Int, at now: Timestamp) -> Bool {
    refill(at: now)
    guard level > 0 else { return cost == 0 }
    level -= Int64(cost) * Int64(Self.second)
    return true
  }

  private mutating func refill(at now: Timestamp) {
    // A clock that steps back refills nothing and starts anew from there.
    let elapsed = now > last ? min(now.nanoseconds - last.nanoseconds, Self.second) : 0
    level = min(level + Int64(elapsed * perSecond), Self.depth(UInt32(perSecond)))
    last = now
  }
}
