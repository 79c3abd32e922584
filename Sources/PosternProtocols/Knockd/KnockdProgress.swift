// SPDX-License-Identifier: Apache-2.0

/// What is remembered of an attempt at a sequence, besides its steps.
struct KnockdProgress: BitwiseCopyable, Hashable, Sendable {
  /// The line of a one-time list that it is about; zero for a sequence that always counts.
  let line: UInt32
  /// The door was opened; what is left only knows its own segments again.
  var isOver = false
  /// Two bits for each segment that was a step. A foreign segment among them is one in fifty where three were taken, and is then passed
  /// over instead of ending the attempt.
  private var seen: UInt64 = 0

  init(line: UInt32) { self.line = line }

  mutating func note(_ segment: UInt64?) {
    if let segment { seen |= Self.bits(segment) }
  }

  func knows(_ segment: UInt64?) -> Bool {
    guard let segment else { return false }
    return Self.bits(segment) & ~seen == 0
  }

  private static func bits(_ segment: UInt64) -> UInt64 {
    let mixed = segment.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    let hash = mixed.high ^ mixed.low
    return 1 << (hash & 63) | 1 << (hash >> 32 & 63)
  }
}
