// SPDX-License-Identifier: Apache-2.0
import Testing
import postern_bench

@Suite struct RuntimeCountsTests {
  private final class Thing {
    var next: Thing?
  }

  /// What more of the same costs, so that what surrounds it does not count.
  private func difference(_ body: (Int) -> Void) -> RuntimeCounts {
    body(1)
    let (few, many) = (RuntimeCounts.of { body(100) }, RuntimeCounts.of { body(300) })
    return RuntimeCounts(
      allocations: many.allocations - few.allocations, retains: many.retains - few.retains, releases: many.releases - few.releases
    )
  }

  @Test func eachObjectIsAnAllocation() {
    let first = Thing()
    let counts = difference { count in
      for _ in 0..<count { first.next = Thing() }
    }
    #expect(counts.allocations == 200)
    #expect(counts.releases >= 200)
  }

  @Test func retainsAndReleasesBalance() {
    let (first, second) = (Thing(), Thing())
    let counts = difference { count in
      for _ in 0..<count {
        first.next = second
        first.next = nil
      }
    }
    #expect(counts.allocations == 0)
    #expect(counts.retains >= 200)
    #expect(counts.retains == counts.releases)
  }

  /// In the runtime a short string's characters stand where others have an object.
  @Test(arguments: ["", "a", "12345678", "192.0.2.1", "123456789012345", "not so short any more"])
  func stringsAreNoTrap(_ text: String) {
    var found = 0
    let counts = RuntimeCounts.of {
      for _ in 0..<100 {
        let copies = [text, text + text]
        found += copies.count
      }
    }
    #expect(found == 200)
    #expect(counts.allocations >= 100)
  }

  @Test func nothingCostsNothing() {
    var sum = 0
    let counts = difference { count in
      var number = 0
      while number < count {
        sum &+= number
        number += 1
      }
    }
    #expect(counts == RuntimeCounts())
    #expect(sum > 0)
  }

  @Test func eachThreadCountsForItself() async {
    let all = await withTaskGroup(of: Int.self) { group in
      for count in [1, 10, 100, 1000] {
        group.addTask {
          RuntimeCounts.of { for _ in 0..<count { _ = [UInt8](repeating: 1, count: 4096 + count) } }.allocations - count
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all.allSatisfy { $0 == 0 }, "\(all)")
  }
}
