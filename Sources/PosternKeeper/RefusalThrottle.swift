// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Keeps refusals of authenticated users from filling the disk: somebody who repeats captured knocks earns a few lines, not one a packet.
///
/// Each user key and reason has a bucket of ten lines that fills one in ten seconds; what is held back is told with the next line.
/// All together have one of two hundred lines that fills one a second: a gate in a stranger's hands may name any key and reason.
package struct RefusalThrottle: Sendable {
  private static let each = Rate(burst: 10, refill: 10_000_000_000)
  private static let together = Rate(burst: 200, refill: 1_000_000_000)
  /// Keys of the configuration times reasons would be the true bound; beyond this the table starts afresh.
  private static let limit = 4096

  private struct Subject: Hashable {
    var user: Name?
    var key: Name?
    var denial: Denial
  }

  private struct Rate {
    var burst: UInt64
    /// Nanoseconds a line.
    var refill: UInt64

    var full: UInt64 { burst * refill }
  }

  private struct Bucket {
    var credit: UInt64
    var filledAt: UInt64
    var heldBack: UInt64 = 0

    mutating func fill(_ rate: Rate, at uptime: UInt64) {
      credit = min(rate.full, credit + min(uptime &- filledAt, rate.full))
      filledAt = uptime
    }
  }

  private var buckets: [Subject: Bucket] = [:]
  private var all = Bucket(credit: Self.together.full, filledAt: 0)

  package init() {}

  /// How many refusals of this kind were held back before this one; nil when this one is held back too.
  package mutating func pass(_ refusal: AuditEvent.Refusal, at uptime: UInt64) -> UInt64? {
    let subject = Subject(user: refusal.user, key: refusal.key, denial: refusal.denial)
    if buckets.count >= Self.limit, buckets[subject] == nil { buckets.removeAll() }
    var bucket = buckets[subject] ?? Bucket(credit: Self.each.full, filledAt: uptime)
    bucket.fill(Self.each, at: uptime)
    all.fill(Self.together, at: uptime)
    defer { buckets[subject] = bucket }
    guard bucket.credit >= Self.each.refill, all.credit >= Self.together.refill else {
      bucket.heldBack += 1
      return nil
    }
    bucket.credit -= Self.each.refill
    all.credit -= Self.together.refill
    defer { bucket.heldBack = 0 }
    return bucket.heldBack
  }
}
