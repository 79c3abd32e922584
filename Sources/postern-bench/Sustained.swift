// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform

/// How many knocks a second a gatekeeper turns into elements, when no more than `window` are on their way at any time: as fast as it goes
/// without loss.
struct Sustained {
  /// How often the sender looks how far the gatekeeper is.
  private static let stride = 64
  private static let patience: Timestamp.Span = .seconds(2)
  /// So many that never came, and no more are sent.
  private static let tolerated = 8

  /// The number of the first knock's address.
  let first: Int
  let window: Int
  let clientNamespace: String
  let gatewayNamespace: String
  let table: String

  struct Outcome {
    var nanoseconds: UInt64
    var missing: Int
  }

  /// Runs on the calling thread, which ends up in the client's namespace. The packets are made beforehand.
  func run(_ knocks: [[[UInt8]]], to maker: KnockMaker) throws(BenchFailure) -> Outcome {
    try BenchThread.enter(gatewayNamespace)
    var door = try BenchDoor(table: table)
    try BenchThread.enter(clientNamespace)
    let sender = try PacketSender.open(to: maker.gateway)
    let began = SystemClock.monotonic()
    var lost = 0
    for (index, knock) in knocks.enumerated() where lost < Self.tolerated {
      if index >= window, index.isMultiple(of: Self.stride), try !comes(&door, first + index - window) { lost += 1 }
      try sender.send(all: knock)
    }
    _ = try comes(&door, first + knocks.count - 1)
    let spent = SystemClock.monotonic() - began
    var missing = 0
    for index in knocks.indices where try !door.isOpen(first + index) { missing += 1 }
    return Outcome(nanoseconds: spent, missing: missing)
  }

  /// One that never comes was lost, and is counted at the end.
  private func comes(_ door: inout BenchDoor, _ index: Int) throws(BenchFailure) -> Bool {
    let watch = Stopwatch()
    while watch.elapsed < Self.patience {
      if try door.isOpen(index) { return true }
      Pause.microseconds(20)
    }
    return false
  }
}
