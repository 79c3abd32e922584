// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform

/// Sends one fresh knock after another from the client's namespace, each for an address of its own, and notes when each left.
struct KnockTrain: Sendable {
  let knocks: BenchKnocks
  let interval: Timestamp.Span

  /// Runs on a thread of its own, which stays in the namespace; the times at which the last packet of each knock was handed to the kernel.
  func run() throws(BenchFailure) -> [UInt64] {
    try BenchThread.enter(knocks.target.clientNetns)
    let maker = try knocks.target.maker()
    // Made before the first is sent: making one costs curve operations, and the gateway shares this machine's cores.
    let made = try Self.made(knocks.numbers, maker)
    return try send(made, PacketSender.open(to: maker.gateway))
  }

  static func made(_ numbers: Range<Int>, _ maker: KnockMaker) throws(BenchFailure) -> [[[UInt8]]] {
    var knocks: [[[UInt8]]] = []
    for index in numbers {
      do throws(ClientError) {
        knocks.append(try maker.packets(index))
      } catch {
        throw BenchFailure(error.description)
      }
    }
    return knocks
  }

  private func send(_ knocks: [[[UInt8]]], _ sender: borrowing PacketSender) throws(BenchFailure) -> [UInt64] {
    let watch = Stopwatch()
    var times: [UInt64] = []
    times.reserveCapacity(knocks.count)
    for (index, knock) in knocks.enumerated() {
      watch.sleep(until: Timestamp.Span(nanoseconds: interval.nanoseconds * Int64(index)))
      try sender.send(all: knock.dropLast())
      times.append(SystemClock.monotonic())
      try sender.send(all: knock.suffix(1))
    }
    return times
  }
}
