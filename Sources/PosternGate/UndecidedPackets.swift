// SPDX-License-Identifier: Apache-2.0
package import PosternControl

/// Packets that the kernel holds back, until every knock that was logged before them is decided.
///
/// That is so when each source was found empty since the packet was read, or when as many datagrams were read of it as its full buffer
/// holds: what comes behind them came later. A flood that never lets a source run empty delays the word, not for ever.
package struct UndecidedPackets: Sendable {
  /// What is beyond is called decided at once: the verdict only ends the hold.
  package static let limit = 256

  private struct Waiting: Sendable {
    var packet: KeeperFrame.Held
    /// For each source the count of reads at which it is done; nil when it is.
    var due: [UInt64?]
  }

  /// Datagrams that a full buffer of each source holds at most.
  private let capacities: [UInt64]
  private var waiting: [Waiting] = []
  private var excess: [KeeperFrame.Held] = []

  package init(capacities: [UInt64]) { self.capacities = capacities }

  package var isEmpty: Bool { waiting.isEmpty && excess.isEmpty }

  /// Takes a packet that was just read; `reads` are the datagrams read of each source so far.
  package mutating func add(_ packet: KeeperFrame.Held, reads: [UInt64]) {
    guard waiting.count < Self.limit else { return excess.append(packet) }
    waiting.append(Waiting(packet: packet, due: zip(reads, capacities).map { $0 &+ $1 }))
  }

  /// What there is to tell now that all sources were read from since the last packet was taken: which packets are decided, and which new
  /// ones are not. `empty` says of each source whether nothing was left in it.
  package mutating func news(reads: [UInt64], empty: [Bool]) -> [KeeperFrame.Held] {
    var news = excess
    excess = []
    waiting = waiting.compactMap { item in
      var item = item
      for source in item.due.indices {
        if let due = item.due[source], empty[source] || reads[source] >= due { item.due[source] = nil }
      }
      let isDecided = item.due.allSatisfy { $0 == nil }
      if let word = Self.word(item.packet, isDecided: isDecided) { news.append(word) }
      item.packet.stage = .arrived
      return isDecided ? nil : item
    }
    return news
  }

  /// All of them, called decided: whoever reads on knows nothing of them.
  package mutating func end() -> [KeeperFrame.Held] {
    let all = excess + waiting.compactMap { Self.word($0.packet, isDecided: true) }
    excess = []
    waiting = []
    return all
  }

  /// The stage in which the packet was told of last is `decided` for one that was never told of.
  private static func word(_ packet: KeeperFrame.Held, isDecided: Bool) -> KeeperFrame.Held? {
    var word = packet
    switch (packet.stage, isDecided) {
    case (.decided, true), (.decidedAtLast, true): word.stage = .decided
    case (.decided, false), (.decidedAtLast, false): word.stage = .arrived
    case (.arrived, true): word.stage = .decidedAtLast
    case (.arrived, false): return nil
    }
    return word
  }
}
