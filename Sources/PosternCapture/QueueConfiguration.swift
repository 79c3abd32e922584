// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternPlatform

/// The keeper's side of NFQUEUE: which queue reaches a socket, and what becomes of the packets in it. Needs CAP_NET_ADMIN.
///
/// The kernel takes verdicts only from the socket that bound the queue, so the keeper sends them on its copy of the socket that the
/// gate reads. No answer is asked for: it would reach the gate. A verdict for a packet that is not there comes back as an error message,
/// which the gate counts.
package struct QueueConfiguration: Hashable, Sendable {
  package let queue: UInt16
  /// Bytes of each packet that are copied: the longest IPv4 and TCP headers, or those of IPv6 with some extensions.
  package var copyRange: UInt32 = 128
  /// Packets that wait in the kernel at most; it drops what comes beyond them. Far above what is ever held, so that a burst is read.
  package var longest: UInt32 = 1024

  package init(queue: UInt16) { self.queue = queue }

  /// Binds the queue to the socket and configures it. While another socket owns it, tries again for `milliseconds`.
  package func bind(on socket: borrowing NetlinkSocket, retryingFor milliseconds: UInt64 = 2000) throws(CaptureError) {
    try Takeover(taken: .queueTaken(queue), notPermitted: .queueNotPermitted(queue), milliseconds: milliseconds)
      .take { () throws(PlatformError) in try apply(on: socket) }
  }

  /// Decides one packet.
  package func give(_ verdict: Verdict, to id: UInt32, on socket: borrowing NetlinkSocket) throws(PlatformError) {
    try ConfigMessage(verdictIn: queue, QueueConstants.verdictMessage, verdict, id: id).send(on: socket)
  }

  /// Drops every packet that waits in the queue now, read or not, whatever its id.
  ///
  /// A batch reaches from the oldest packet to the first whose id is after its own. Ids wrap, and the kernel compares them by their
  /// distance, so every id is before one of two opposite ones; the packets that wait may start in either half and end in the other,
  /// hence three batches. One that finds nothing gives an error message.
  package func dropAll(on socket: borrowing NetlinkSocket) throws(PlatformError) {
    for end in [0, 1 << 31, 0] as [UInt32] {
      try ConfigMessage(verdictIn: queue, QueueConstants.batchMessage, .drop, id: end).send(on: socket)
    }
  }

  private func apply(on socket: borrowing NetlinkSocket) throws(PlatformError) {
    var binding = ConfigMessage(queue: queue, wantsAnswer: true)
    binding.bindQueue()
    // EBUSY: this very socket has the queue already
    try binding.exchange(on: socket, accepting: EBUSY)
    var settings = ConfigMessage(queue: queue, wantsAnswer: true)
    settings.copyQueued(range: copyRange)
    settings.put(QueueConstants.longest, longest)
    // Large segments come as they are; what finds no room in the queue is dropped, never let through.
    settings.put(QueueConstants.mask, QueueConstants.segmentsWhole | QueueConstants.failOpen)
    settings.put(QueueConstants.flags, QueueConstants.segmentsWhole)
    try settings.exchange(on: socket)
  }
}
