// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// How long packets take from their IP header to what a reader says of them.
struct ReadingTime {
  /// Of all together.
  let nanoseconds: UInt64
  /// How many were, or completed, a knock.
  let knocks: Int

  init(_ packets: some Sequence<[UInt8]>, _ read: (borrowing PacketView) -> Reading) {
    var knocks = 0
    let began = SystemClock.monotonic()
    for packet in packets {
      let isKnock = packet.withBytes { bytes in
        guard let view = try? PacketView(bytes), case .knock = read(view) else { return false }
        return true
      }
      if isKnock { knocks += 1 }
    }
    nanoseconds = SystemClock.monotonic() - began
    self.knocks = knocks
  }
}
