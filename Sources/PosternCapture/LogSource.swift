// SPDX-License-Identifier: Apache-2.0
package import PosternPlatform
import PosternWire

/// The receiving side of NFLOG: needs no capability, sends nothing, allocates nothing after it is made.
///
/// One ``receive()`` fills the buffer with one datagram, which can hold many packets; ``forEachPacket(_:)`` lends them.
package struct LogSource: ~Copyable {
  /// A datagram can be twice as long as the group's buffer size (64 KiB): the kernel fills what it allocated, rounded up.
  package static let bufferSize = 256 << 10

  package let socket: NetlinkSocket
  private var buffer: [UInt8]
  private var filled = 0
  private var ledger = CaptureLedger()

  package init(_ socket: consuming NetlinkSocket, bufferSize: Int = bufferSize) {
    self.socket = socket
    buffer = Array(repeating: 0, count: bufferSize)
  }

  package var counters: CaptureCounters { ledger.counters }

  /// Whether something was there: call again until it is false, or until the loop's share is used up.
  ///
  /// Losses and datagrams that are not the kernel's are counted and leave no packets; only a broken socket throws.
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
  package mutating func forEachPacket(_ body: (borrowing CapturedPacket) -> Void) {
    let buffer = self.buffer
    let count = filled
    buffer.withBytes { ledger.walk($0.extracting(first: count), body) }
  }
}
