// SPDX-License-Identifier: Apache-2.0

/// Grants a minute of each user: a bucket that holds one minute's worth and fills evenly.
struct GrantQuota: Sendable {
  private var buckets: [Int: Bucket] = [:]

  private struct Bucket {
    /// Grants times 60 s, in nanoseconds: integer arithmetic without drift.
    var credit: UInt64
    var filledAt: UInt64
  }

  private static let minute: UInt64 = 60_000_000_000

  /// Takes one grant of `user`; false when there is none left.
  mutating func take(user: Int, perMinute: UInt32, at uptime: UInt64) -> Bool {
    let full = UInt64(perMinute) * Self.minute
    var bucket = buckets[user] ?? Bucket(credit: full, filledAt: uptime)
    let elapsed = min(uptime &- bucket.filledAt, Self.minute)
    bucket.credit = min(full, bucket.credit + elapsed * UInt64(perMinute))
    bucket.filledAt = uptime
    let granted = bucket.credit >= Self.minute
    if granted { bucket.credit -= Self.minute }
    buckets[user] = bucket
    return granted
  }
}
