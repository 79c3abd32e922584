// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternControl
import PosternGate
import PosternPlatform
import PosternWire

/// First packets that the kernel holds back until the keeper's verdict.
extension GateProcess {
  /// An NFQUEUE socket and what was counted of it so far.
  final class Queue {
    var source: QueueSource
    var countedPackets: UInt64 = 0
    var countedErrors: UInt64 = 0

    init(_ source: consuming QueueSource) { self.source = source }
  }

  /// What one logged packet occupies in a socket's buffer at least: struct sk_buff and the smallest allocation behind it.
  private static let leastBytesPerDatagram = 512

  /// Tells of the packets that wait, each behind the decision on every knock that was logged before it was queued.
  ///
  /// That is the order of three steps: the packets first, then all logged packets, then the frames. As many logged packets as a full
  /// buffer holds are read at most: what comes behind them came later.
  mutating func receive(from queue: Queue) throws {
    var held: [KeeperFrame.Held] = []
    for _ in 0..<Self.datagramsPerWake {
      guard try queue.source.receive() else { break }
      queue.source.forEachPacket { packet in
        held.append(.init(queue: packet.queue, id: packet.id, source: IPAddress(sourceOf: packet.headers) ?? .v4(.zero)))
      }
    }
    count(queue)
    guard !held.isEmpty else { return }
    for source in sources {
      try receive(from: source, atMost: source.log.socket.receiveBuffer / Self.leastBytesPerDatagram)
    }
    told += held.map { .held($0) }
    hasNews = true
  }

  private func count(_ queue: Queue) {
    let packets = queue.source.counters.packets
    let errors = queue.source.verdictErrors
    counters.increment(Counter.heldPackets.rawValue, by: packets &- queue.countedPackets)
    counters.increment(Counter.verdictErrors.rawValue, by: errors &- queue.countedErrors)
    queue.countedPackets = packets
    queue.countedErrors = errors
  }
}
