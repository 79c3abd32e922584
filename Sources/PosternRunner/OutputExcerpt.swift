// SPDX-License-Identifier: Apache-2.0
import PosternControl

/// The first bytes of what a program writes, and how many there were.
package struct OutputExcerpt: Hashable, Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var count: UInt32 = 0

  package init() {}

  package mutating func add(_ more: ArraySlice<UInt8>) {
    bytes += more.prefix(RunnerReport.outputLimit - bytes.count)
    count = UInt32(clamping: UInt64(count) + UInt64(more.count))
  }
}
