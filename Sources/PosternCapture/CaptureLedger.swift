// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Walks datagrams of the log subsystem and keeps the account of them; touches no socket.
package struct CaptureLedger: Sendable {
  package var counters = CaptureCounters()
  private var losses = SequenceLosses()

  package init() {}

  /// Calls `body` for each packet in the datagram, in order. The rest of a datagram behind a length that lies is dropped.
  package mutating func walk(_ datagram: RawSpan, _ body: (borrowing CapturedPacket) -> Void) {
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

  private mutating func read(_ message: borrowing NetlinkMessage, _ body: (borrowing CapturedPacket) -> Void) {
    // the kernel ends a batch with it
    guard message.type != LogConstants.doneMessage else { return }
    guard message.type == LogConstants.packetMessage, let packet = CapturedPacket(message.body) else {
      counters.otherMessages += 1
      return
    }
    counters.packets += 1
    if let sequence = packet.sequence {
      counters.lostBySequence += losses.missing(before: sequence, in: packet.group)
    }
    body(packet)
  }
}
