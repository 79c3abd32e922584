// SPDX-License-Identifier: Apache-2.0

/// Says when so many packets come that they are better taken many at a time, and when that is over.
///
/// Taking many at a time makes a lone packet wait for others: at the lower bound for 6 ms. The kernel waits for 10 ms at most.
package struct LoadMeter: Hashable, Sendable {
  /// Packets a second.
  package static let busy: UInt64 = 40_000
  package static let idle: UInt64 = 10_000
  /// Nanoseconds over which packets are counted.
  package static let window: UInt64 = 20_000_000

  package private(set) var isBusy = false
  private var began: UInt64 = 0
  private var packets: UInt64 = 0

  package init() {}

  /// Counts packets that were read.
  package mutating func add(_ count: UInt64) { packets += count }

  /// Looks at the time, in nanoseconds of a clock that never goes back; true when ``isBusy`` has changed.
  package mutating func turns(at now: UInt64) -> Bool {
    let elapsed = now &- began
    guard elapsed >= Self.window else { return false }
    let rate = packets.multipliedReportingOverflow(by: 1_000_000_000).partialValue / elapsed
    began = now
    packets = 0
    guard isBusy ? rate < Self.idle : rate > Self.busy else { return false }
    isBusy.toggle()
    return true
  }
}
