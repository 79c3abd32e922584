// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternControl
import PosternPlatform

/// An NFQUEUE socket and what was counted of it so far.
final class Queue {
  var source: QueueSource
  private var packets: UInt64 = 0
  private var errors: UInt64 = 0

  init(_ source: consuming QueueSource) { self.source = source }

  /// Adds what is new.
  func count(into page: borrowing CountersPage) {
    page.increment(Counter.heldPackets.rawValue, by: source.counters.packets &- packets)
    page.increment(Counter.verdictErrors.rawValue, by: source.verdictErrors &- errors)
    packets = source.counters.packets
    errors = source.verdictErrors
  }
}
