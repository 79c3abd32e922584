// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing
import postern_bench

@Suite struct LatencySummaryTests {
  @Test func percentilesAreTheNearestRank() {
    let summary = LatencySummary(sent: 101, nanoseconds: (1...100).reversed().map { UInt64($0 * 1000) })
    #expect(summary.description == "n=101 missing=1 p50_us=50 p99_us=99 p999_us=100 max_us=100")
  }

  @Test func fewAndNone() {
    #expect(LatencySummary(sent: 1, nanoseconds: [1001]).description == "n=1 missing=0 p50_us=2 p99_us=2 p999_us=2 max_us=2")
    #expect(LatencySummary(sent: 2, nanoseconds: []).description == "n=2 missing=2 p50_us=0 p99_us=0 p999_us=0 max_us=0")
  }

  @Test func eachKnockHasAnAddressOfItsOwn() {
    #expect(BenchAddresses.address(0).description == "10.96.0.1")
    #expect(BenchAddresses.address(64_999).description == "10.96.253.232")
    for index in [0, 1, 255, BenchAddresses.limit - 1] {
      #expect(BenchAddresses.index(of: BenchAddresses.address(index)) == index)
    }
    for text in ["10.96.0.0", "10.95.255.255", "10.77.0.1", "10.160.0.1"] {
      #expect(IPv4Address(text).flatMap(BenchAddresses.index) == nil)
    }
    #expect(BenchAddresses.hold(0, BenchAddresses.limit) && !BenchAddresses.hold(1, BenchAddresses.limit))
    #expect(!BenchAddresses.hold(-1, 1) && !BenchAddresses.hold(0, 0))
  }
}
