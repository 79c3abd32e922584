// SPDX-License-Identifier: Apache-2.0

/// Grants a minute of each user and of each door: a bucket that holds one minute's worth and fills evenly.
struct GrantQuota: Sendable {
  /// Whose grants are counted, by its place in the tables.
  enum Subject: Hashable, Sendable {
    case user(Int)
    case door(Int)
    /// All bans together.
    case bans
  }

  private var buckets: [Subject: Bucket] = [:]

  private struct Bucket {
    /// Grants times 60 s, in nanoseconds: integer arithmetic without drift.
    var credit: UInt64
    var filledAt: UInt64
  }

  private static let minute: UInt64 = 60_000_000_000

  /// Takes one grant; false when there is none left.
  mutating func take(_ subject: Subject, perMinute: UInt32, at uptime: UInt64) -> Bool {
    let full = UInt64(perMinute) * Self.minute
    var bucket = buckets[subject] ?? Bucket(credit: full, filledAt: uptime)
    let elapsed = min(uptime &- bucket.filledAt, Self.minute)
    bucket.credit = min(full, bucket.credit + elapsed * UInt64(perMinute))
    bucket.filledAt = uptime
    let granted = bucket.credit >= Self.minute
    if granted { bucket.credit -= Self.minute }
    buckets[subject] = bucket
    return granted
  }
}
