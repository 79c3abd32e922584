// SPDX-License-Identifier: Apache-2.0
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPATagCacheTests {
  @Test func remembers() {
    var cache = SPATagCache()
    #expect(!cache.contains(.zero))
    for number in 0..<UInt64(SPATagCache.defaultCapacity) { cache.insert(Bytes16(high: number, low: number)) }
    for number in 0..<UInt64(SPATagCache.defaultCapacity) {
      #expect(cache.contains(Bytes16(high: number, low: number)))
      #expect(!cache.contains(Bytes16(high: number + 1, low: number)))
    }
  }

  @Test func theNewestStays() {
    var cache = SPATagCache(capacity: 5)
    cache.insert(Bytes16(high: 1, low: 3))
    cache.insert(Bytes16(high: 1, low: 11))
    #expect(!cache.contains(Bytes16(high: 1, low: 3)))
    #expect(cache.contains(Bytes16(high: 1, low: 11)))
  }
}
