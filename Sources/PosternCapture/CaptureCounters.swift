// SPDX-License-Identifier: Apache-2.0

/// What came in and what did not, since the source was opened.
package struct CaptureCounters: Hashable, Sendable {
  package var datagrams: UInt64 = 0
  package var packets: UInt64 = 0
  /// Packets that the kernel counted and that never arrived.
  package var lostBySequence: UInt64 = 0
  /// Times that the kernel reported a full receive buffer (ENOBUFS).
  package var overruns: UInt64 = 0
  /// Datagrams that were longer than the buffer; the packets in the part that fitted count.
  package var truncated: UInt64 = 0
  /// Datagrams that another process sent: ignored.
  package var foreignSenders: UInt64 = 0
  /// Messages that are no packet, such as error answers, and those that cannot be read.
  package var otherMessages: UInt64 = 0

  package init() {}
}
