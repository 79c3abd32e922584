// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables

/// A token bucket as one number: the moment at which it is full again.
package struct TokenBucket: Hashable, Sendable {
  private var fullAt = Timestamp.zero

  package init() {}

  /// Takes one token, or says that there is none. A refusal costs nothing; a clock that stepped back cannot hold the bucket empty
  /// for longer than it takes to fill.
  package mutating func take(_ limit: GateTables.KeyBucket, at now: Timestamp) -> Bool {
    guard limit.burst > 0 else { return false }
    let brim = now + limit.timeToFill
    fullAt = min(fullAt, brim)
    let next = max(fullAt, now) + limit.refill
    guard next <= brim else { return false }
    fullAt = next
    return true
  }
}

/// One bucket a client key: how often its knocks are decided.
package struct KeyBuckets: Sendable {
  private let limits: [GateTables.KeyBucket]
  private var buckets: [TokenBucket]

  package init(_ tables: GateTables) {
    limits = tables.keys.map { key in
      let user = tables.users.indices.contains(key.user) ? tables.users[key.user] : nil
      return user?.keyBucket ?? tables.keyBucket
    }
    buckets = Array(repeating: TokenBucket(), count: limits.count)
  }

  /// Refuses a key over its rate as `rateLimited`, a key that is not in the tables as `keyNotValid`.
  package mutating func take(_ key: KeyIndex, at now: Timestamp) throws(Denial) {
    guard buckets.indices.contains(key.value) else { throw .keyNotValid }
    guard buckets[key.value].take(limits[key.value], at: now) else { throw .rateLimited }
  }
}

extension GateTables.KeyBucket {
  fileprivate var timeToFill: Timestamp.Span {
    let (product, overflow) = refill.nanoseconds.multipliedReportingOverflow(by: Int64(burst))
    return Timestamp.Span(nanoseconds: overflow ? .max : product)
  }
}
