// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternRunner
import Testing

@Suite struct OutputExcerptTests {
  @Test func keepsTheFirstBytesAndCountsAll() {
    var excerpt = OutputExcerpt()
    excerpt.add(Array("abc".utf8)[...])
    excerpt.add([UInt8](repeating: 1, count: 5000)[...])
    excerpt.add([UInt8](repeating: 2, count: 7)[...])
    #expect(excerpt.count == 5010)
    #expect(excerpt.bytes.count == RunnerReport.outputLimit)
    #expect(Array(excerpt.bytes.prefix(4)) == [97, 98, 99, 1] && !excerpt.bytes.contains(2))
  }
}
