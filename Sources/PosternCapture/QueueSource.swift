// SPDX-License-Identifier: Apache-2.0
package import PosternPlatform
import PosternWire

/// The receiving side of NFQUEUE: needs no capability, gives no verdict, allocates nothing after it is made.
///
/// One ``receive()`` fills the buffer with one datagram; ``forEachPacket(_:)`` lends the packet in it.
package struct QueueSource: ~Copyable {
  /// One packet to a datagram: its copied headers and some attributes, in what the kernel allocated for them, rounded up.
  package static let bufferSize = 16 << 10

  package let socket: NetlinkSocket
  private var buffer: [UInt8]
  private var filled = 0
  private var ledger = QueueLedger()

  package init(_ socket: consuming NetlinkSocket, bufferSize: Int = bufferSize) {
    self.socket = socket
    buffer = Array(repeating: 0, count: bufferSize)
  }

  package var counters: CaptureCounters { ledger.counters }
  package var verdictErrors: UInt64 { ledger.verdictErrors }

  /// Whether something was there: call again until it is false, or until the loop's share is used up.
  ///
  /// Losses (the kernel drops such packets) and datagrams that are not the kernel's are counted; only a broken socket throws.
  package mutating func receive() throws(PlatformError) -> Bool {
    filled = 0
    switch try NetlinkDatagram.receive(socket, into: &buffer) {
    case .nothing: return false
    case .overrun: ledger.counters.overruns += 1
    case .foreign: ledger.counters.foreignSenders += 1
    case .truncated:
      ledger.counters.truncated += 1
      filled = buffer.count
    case .kernel(let count): filled = count
    }
    if filled > 0 { ledger.counters.datagrams += 1 }
    return true
  }

  /// Lends each packet of the datagram that was received last.
  package mutating func forEachPacket(_ body: (borrowing QueuedPacket) -> Void) {
    let buffer = self.buffer
    let count = filled
    buffer.withBytes { ledger.walk($0.extracting(first: count), body) }
  }
}
