// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock

/// The last packets of one source within a span of ports, oldest first.
struct PortQueue: BitwiseCopyable, Sendable {
  /// The longest sequence, and some room for packets that are none of it.
  static let capacity = 32

  private var symbols: InlineArray<32, UInt16>
  private var sequences: InlineArray<32, UInt32>
  /// Milliseconds, cut to 32 bits: only distances are looked at.
  private var times: InlineArray<32, UInt32>
  private(set) var count = 0

  static let empty = PortQueue()

  private init() {
    symbols = .init(repeating: 0)
    sequences = .init(repeating: 0)
    times = .init(repeating: 0)
  }

  /// Forgets what is older than `window`, and the oldest when there is no room.
  mutating func append(_ symbol: UInt16, sequence: UInt32, at now: Timestamp, window: Timestamp.Span) {
    let time = Self.milliseconds(now)
    drop(firstIndex(notOlderThan: UInt32(clamping: window.nanoseconds / 1_000_000), at: time))
    if count == Self.capacity { drop(1) }
    symbols[count] = symbol
    sequences[count] = sequence
    times[count] = time
    count += 1
  }

  private func firstIndex(notOlderThan limit: UInt32, at time: UInt32) -> Int {
    var index = 0
    while index < count, time &- times[index] > limit { index += 1 }
    return index
  }

  private mutating func drop(_ dropped: Int) {
    guard dropped > 0 else { return }
    for index in dropped..<max(count, dropped) {
      symbols[index - dropped] = symbols[index]
      sequences[index - dropped] = sequences[index]
      times[index - dropped] = times[index]
    }
    count -= dropped
  }

  private static func milliseconds(_ moment: Timestamp) -> UInt32 { UInt32(truncatingIfNeeded: moment.nanoseconds / 1_000_000) }

  /// The last `length` symbols as they came; nil when there are fewer.
  func latest(_ length: Int) -> [UInt16]? {
    guard count >= length else { return nil }
    return (count - length..<count).map { symbols[$0] }
  }

  /// `length` symbols with sequence numbers that count on without a gap, the newest packet among them; nil when there are fewer or more
  /// of them in a row. Of two packets with one number the first counts.
  func run(_ length: Int) -> [UInt16]? {
    guard count >= length else { return nil }
    let newest = sequences[count - 1]
    var low = newest
    while newest &- low < UInt32(length), index(of: low &- 1) != nil { low = low &- 1 }
    var run: [UInt16] = []
    while run.count <= length, let index = index(of: low &+ UInt32(run.count)) { run.append(symbols[index]) }
    return run.count == length ? run : nil
  }

  private func index(of sequence: UInt32) -> Int? { (0..<count).first { sequences[$0] == sequence } }
}
