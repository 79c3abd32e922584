// SPDX-License-Identifier: Apache-2.0
import PosternProtocols
import Testing

@Suite struct SPAHintTableTests {
  /// Hints that collide in their low bits, so that probing is exercised.
  private static func hint(_ entry: Int, _ step: UInt64) -> UInt64 { step << 32 | UInt64(entry) << 16 }

  private func advance(_ table: inout SPAHintTable, to step: UInt64) -> Int {
    var computed = 0
    table.advance(to: step) { entry, step in
      computed += 1
      return Self.hint(entry, step)
    }
    return computed
  }

  @Test func onlyTheNewStepIsComputed() {
    var table = SPAHintTable(entries: 10)
    let moves: [(to: UInt64, computed: Int)] = [
      (100, 30), (100, 0), (101, 10), (102, 10), (101, 10), (111, 30), (113, 20), (112, 10),
    ]
    for move in moves {
      let computed = advance(&table, to: move.to)
      #expect(computed == move.computed, "to \(move.to)")
    }
  }

  @Test(arguments: [0, 1, 7, 1000]) func knowsThreeSteps(_ entries: Int) {
    var table = SPAHintTable(entries: entries)
    for step in [100, 101, 105, 104] as [UInt64] {
      _ = advance(&table, to: step)
      for other in step - 3...step + 3 {
        let known = (0..<entries).filter { table.contains(Self.hint($0, other)) }.count
        #expect(known == (other + 1 >= step && other <= step + 1 ? entries : 0), "at \(step), hints of \(other)")
      }
      #expect(!table.contains(Self.hint(entries, step)))
    }
  }

  @Test func servingsAreCountedByHintAndStep() {
    var table = SPAHintTable(entries: 2)
    _ = advance(&table, to: 100)
    for (entry, step) in [(0, 99), (0, 100), (1, 100), (1, 101)] as [(Int, UInt64)] {
      let served = (0..<20).filter { _ in table.takeServing(Self.hint(entry, step)) }.count
      #expect(served == 8)
    }
    _ = advance(&table, to: 101)
    let spent = table.takeServing(Self.hint(0, 100))
    let fresh = table.takeServing(Self.hint(0, 102))
    let unknown = table.takeServing(Self.hint(0, 103))
    #expect(!spent && fresh && !unknown)
  }

  @Test func stepsAtTheEndsOfTime() {
    var table = SPAHintTable(entries: 1)
    for step in [0, .max] as [UInt64] {
      _ = advance(&table, to: step)
      #expect(table.contains(Self.hint(0, step)))
    }
  }
}
