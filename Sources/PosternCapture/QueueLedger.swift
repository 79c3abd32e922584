// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Walks datagrams of the queue subsystem and keeps the account of them; touches no socket.
package struct QueueLedger: Sendable {
  package var counters = CaptureCounters()
  /// Verdicts that the kernel refused, such as for a packet that is gone.
  package private(set) var verdictErrors: UInt64 = 0

  package init() {}

  /// Calls `body` for each packet in the datagram, in order. The rest of a datagram behind a length that lies is dropped.
  package mutating func walk(_ datagram: RawSpan, _ body: (borrowing QueuedPacket) -> Void) {
    var rest = datagram
    while !rest.isEmpty {
      guard let message = NetlinkMessage(rest) else {
        counters.otherMessages += 1
        return
      }
      read(message, body)
      rest = rest.after(message.stride)
    }
  }

  private mutating func read(_ message: borrowing NetlinkMessage, _ body: (borrowing QueuedPacket) -> Void) {
    if message.type == LogConstants.errorMessage {
      verdictErrors += 1
    } else if message.type == QueueConstants.packetMessage, let packet = QueuedPacket(message.body) {
      counters.packets += 1
      body(packet)
    } else {
      counters.otherMessages += 1
    }
  }
}
