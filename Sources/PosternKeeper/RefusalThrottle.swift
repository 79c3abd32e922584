// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Keeps refusals of authenticated users from filling the disk: somebody who repeats captured knocks earns a few lines, not one a packet.
///
/// Each user key and reason has a bucket of ten lines that fills one in ten seconds; what is held back is told with the next line.
package struct RefusalThrottle: Sendable {
  private static let burst: UInt64 = 10
  private static let refill: UInt64 = 10_000_000_000
  /// Keys of the configuration times reasons would be the true bound; beyond this the table starts afresh.
  private static let limit = 4096

  private struct Subject: Hashable {
    var user: Name?
    var key: Name?
    var denial: Denial
  }

  private struct Bucket {
    var credit: UInt64
    var filledAt: UInt64
    var heldBack: UInt64
  }

  private var buckets: [Subject: Bucket] = [:]

  package init() {}

  /// How many refusals of this kind were held back before this one; nil when this one is held back too.
  package mutating func pass(_ refusal: AuditEvent.Refusal, at uptime: UInt64) -> UInt64? {
    let subject = Subject(user: refusal.user, key: refusal.key, denial: refusal.denial)
    if buckets.count >= Self.limit, buckets[subject] == nil { buckets.removeAll() }
    let full = Self.burst * Self.refill
    var bucket = buckets[subject] ?? Bucket(credit: full, filledAt: uptime, heldBack: 0)
    bucket.credit = min(full, bucket.credit + min(uptime &- bucket.filledAt, full))
    bucket.filledAt = uptime
    defer { buckets[subject] = bucket }
    guard bucket.credit >= Self.refill else {
      bucket.heldBack += 1
      return nil
    }
    bucket.credit -= Self.refill
    defer { bucket.heldBack = 0 }
    return bucket.heldBack
  }
}
