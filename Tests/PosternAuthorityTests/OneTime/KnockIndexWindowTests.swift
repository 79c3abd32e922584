// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import Testing

@Suite struct KnockIndexWindowTests {
  /// Indices in the order in which they come, and which of them count.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let indices: [UInt64]
    let counts: [Bool]

    init(_ name: String, _ indices: [UInt64], _ counts: [Bool]) {
      testDescription = name
      self.indices = indices
      self.counts = counts
    }
  }

  @Test(arguments: [
    Case("in order", [1, 2, 3], [true, true, true]), Case("zero is none", [0, 1], [false, true]),
    Case("twice", [5, 5], [true, false]), Case("overtaken", [2, 1, 1], [true, true, false]),
    Case("at the window's edge", [64, 1], [true, true]), Case("behind the window", [65, 1], [true, false]),
    Case("a leap clears the window", [10, 1000, 999, 1000, 936], [true, true, true, false, false]),
    Case("a leap by 63 keeps the first", [1, 64, 1], [true, true, false]),
    Case("the greatest", [.max, .max, .max - 1], [true, false, true]),
  ])
  func order(_ one: Case) {
    var window = KnockIndexWindow()
    let counts = one.indices.map { window.spend($0) }
    #expect(counts == one.counts)
  }

  /// Against a memory that forgets nothing.
  @Test func neverTwiceInAnyOrder() {
    var generator = SeededGenerator(state: 7)
    var window = KnockIndexWindow()
    var spent: Set<UInt64> = []
    var highest: UInt64 = 0
    for _ in 0..<20_000 {
      let index = max(1, highest + 40 - UInt64.random(in: 0..<min(120, highest + 40), using: &generator))
      let isDue = !spent.contains(index) && (index > highest || highest - index < KnockIndexWindow.width)
      let counts = window.spend(index)
      #expect(counts == isDue)
      spent.insert(index)
      highest = max(highest, index)
    }
  }

  @Test func aFloorRefusesWhatIsBelow() {
    var window = KnockIndexWindow()
    _ = window.spend(3)
    window.raise(to: 100)
    let counts = [50, 100, 101, 99].map { window.spend($0) }
    #expect(counts == [false, false, true, false])
    window.raise(to: 7)
    #expect(window.last == 101)
  }
}
