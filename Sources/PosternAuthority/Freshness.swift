// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Whether a stamp lies close enough to the gateway's clock.
package enum Freshness {
  /// A knock that takes its address from the packet's source can be sent on by who holds it back: it counts only this long.
  package static let packetSourceTolerance = Timestamp.Span.seconds(10)

  /// Refuses stamps outside the window, both ends of which still count, as `stale` or `future`.
  package static func check(_ stamp: Timestamp, in window: FreshnessWindow, at now: Timestamp) throws(Denial) {
    let age = stamp - now
    guard age >= -window.past else { throw .stale }
    guard age <= window.future else { throw .future }
  }

  /// Refuses a knock of mode 2, in either family, whose stamp is more than ten seconds off, as `packetSourceTooOld`.
  package static func checkPacketSource(_ knock: Knock, at now: Timestamp) throws(Denial) {
    guard knock.ipv4.takesPacketSource || knock.ipv6.takesPacketSource else { return }
    let age = knock.stamp - now
    guard age >= -packetSourceTolerance, age <= packetSourceTolerance else { throw .packetSourceTooOld }
  }
}

extension AddressClaim {
  /// Mode 2: no named address stands against the packet's source.
  var takesPacketSource: Bool {
    switch self {
    case .packetSource: true
    case .none, .named, .bothAgree: false
    }
  }
}
