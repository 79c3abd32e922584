// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import Testing

@Suite struct KeyBucketsTests {
  let limit = GateTables.KeyBucket(burst: 3, refill: .seconds(5))

  private func taken(_ bucket: inout TokenBucket, _ attempts: Int, at now: Timestamp) -> Int {
    (0..<attempts).count { _ in bucket.take(limit, at: now) }
  }

  @Test func burstThenRate() {
    var bucket = TokenBucket()
    #expect(taken(&bucket, 10, at: start) == 3)
    #expect(taken(&bucket, 10, at: start + .milliseconds(4_999)) == 0)
    #expect(taken(&bucket, 10, at: start + .seconds(5)) == 1)
    #expect(taken(&bucket, 10, at: start + .seconds(15)) == 2)
    #expect(taken(&bucket, 10, at: start + .seconds(3_600)) == 3)
  }

  @Test func clockStepsBack() {
    var bucket = TokenBucket()
    #expect(taken(&bucket, 1, at: start) == 1)
    #expect(taken(&bucket, 10, at: start - .seconds(3_600)) == 0)
    #expect(taken(&bucket, 10, at: start - .seconds(3_585)) == 3)
  }

  @Test(arguments: [(0, 0, 0), (0, 5, 0), (1, 0, 9), (UInt32.max, Int64.max / 1_000_000_000, 9)] as [(UInt32, Int64, Int)])
  func extremes(_ burst: UInt32, _ refill: Int64, _ expected: Int) {
    var bucket = TokenBucket()
    let limit = GateTables.KeyBucket(burst: burst, refill: .seconds(refill))
    let taken = (0..<9).count { _ in bucket.take(limit, at: start) }
    #expect(expected == 9 && burst > 1 ? taken >= 1 : taken == expected)
  }

  /// Users 0 and 2 have the common rate, user 1 one of his own.
  @Test func aUsersOwnRateCountsForHisKeys() {
    var tables = Scene.tables
    tables.keyBucket = GateTables.KeyBucket(burst: 1, refill: .seconds(5))
    tables.users[1].keyBucket = GateTables.KeyBucket(burst: 3, refill: .seconds(5))
    var buckets = KeyBuckets(tables)
    let taken = (0..<3).map { key in
      (0..<9).count { _ in denial { () throws(Denial) in try buckets.take(KeyIndex(key), at: start) } == nil }
    }
    #expect(taken == [1, 3, 1])
  }

  @Test func keysAreApart() {
    var tables = Scene.tables
    tables.keyBucket = GateTables.KeyBucket(burst: 1, refill: .seconds(5))
    tables.keys = Array(tables.keys.prefix(2))
    var buckets = KeyBuckets(tables)
    #expect(denial { () throws(Denial) in try buckets.take(KeyIndex(0), at: start) } == nil)
    #expect(denial { () throws(Denial) in try buckets.take(KeyIndex(0), at: start) } == .rateLimited)
    #expect(denial { () throws(Denial) in try buckets.take(KeyIndex(1), at: start) } == nil)
    #expect(denial { () throws(Denial) in try buckets.take(KeyIndex(2), at: start) } == .keyNotValid)
    #expect(denial { () throws(Denial) in try buckets.take(KeyIndex(-1), at: start) } == .keyNotValid)
  }
}
