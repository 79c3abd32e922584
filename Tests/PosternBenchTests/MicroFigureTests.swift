// SPDX-License-Identifier: Apache-2.0
import Testing
import postern_bench

@Suite struct MicroFigureTests {
  private func figure(
    _ nanoseconds: Double = 100, allocations: Int = 0, retains: Int = 0, releases: Int = 0,
    _ limit: MicroLimit = MicroLimit(2, .hmac)
  ) -> MicroFigure {
    MicroFigure(
      "case", nanoseconds: nanoseconds, operations: 1000,
      counts: RuntimeCounts(allocations: allocations, retains: retains, releases: releases), limit: limit, yardstick: 100)
  }

  @Test func whatIsWithinItsLimits() {
    let some = MicroLimit(2, .curve, allocations: 2, references: 1.5)
    #expect(figure().isMet)
    #expect(figure(200).isMet)
    #expect(figure(200, allocations: 2000, retains: 1500, releases: 1500, some).isMet)
  }

  /// One in a thousand operations is one too many.
  @Test func whatExceedsOneOfThem() {
    let some = MicroLimit(2, .curve, allocations: 2, references: 1.5)
    #expect(!figure(200.1).isMet)
    #expect(!figure(allocations: 1).isMet)
    #expect(!figure(retains: 1).isMet)
    #expect(!figure(releases: 1).isMet)
    #expect(!figure(allocations: 2001, some).isMet)
    #expect(!figure(retains: 1501, some).isMet)
    #expect(!figure(releases: 1501, some).isMet)
  }

  @Test func theLineSaysAll() {
    #expect(
      figure(12.34, MicroLimit(0.5, .hmac)).description
        == "[ok] case: 12.34 ns, at most 0.50 HMAC (50 ns); allocations 0, at most 0; retains 0, releases 0, at most 0")
    #expect(
      figure(201, allocations: 1, retains: 2500, releases: 3000, MicroLimit(2, .curve, references: 1)).description
        == "[no] case: 201 ns, at most 2 X25519 (200 ns); allocations 0.01, at most 0; retains 2.50, releases 3, at most 1")
  }
}
