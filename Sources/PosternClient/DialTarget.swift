// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock

/// One address that a dialer tries, and when it tries again.
///
/// The first attempts follow each other quickly, since the door opens within milliseconds of the knock; later ones in a steady beat,
/// since then a knock was lost. The kernel's own repetition of a SYN comes after a second: too late for both.
struct DialTarget {
  static let gaps: [Timestamp.Span] = [.milliseconds(25), .milliseconds(50), .milliseconds(75)]
  static let beat = Timestamp.Span.milliseconds(150)

  let address: SocketAddress
  private(set) var nextAttempt = Timestamp.Span(nanoseconds: 0)
  private var attempts = 0
  /// What the last attempt that failed said.
  var failure: String?

  init(_ address: SocketAddress) { self.address = address }

  /// Whether to start an attempt now; sets the time of the one after it.
  mutating func takeDue(at elapsed: Timestamp.Span) -> Bool {
    guard elapsed >= nextAttempt else { return false }
    let gap = attempts < Self.gaps.count ? Self.gaps[attempts] : Self.beat
    attempts += 1
    nextAttempt = Timestamp.Span(nanoseconds: elapsed.nanoseconds + gap.nanoseconds)
    return true
  }
}
