// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternPlatform

/// Knocks and dials at the same time until a connection stands: the knocks by their plan, the connects as often as the dialer likes.
package struct Approach: ~Copyable {
  private var plan: KnockPlan
  private var dialer: Dialer
  private let timeout: Timestamp.Span
  private let elapsed: () -> Timestamp.Span

  /// `elapsed` is the time since the start, by a clock that never goes back.
  package init(
    to addresses: [SocketAddress], _ plan: KnockPlan = KnockPlan(), timeout: Timestamp.Span,
    elapsed: @escaping () -> Timestamp.Span
  ) {
    self.plan = plan
    dialer = Dialer(addresses)
    self.timeout = timeout
    self.elapsed = elapsed
  }

  /// The connected socket; throws ``ClientError/noAnswer(_:)`` when `timeout` has passed, and what `knock` throws.
  package mutating func connect(knock: () throws(ClientError) -> Void) throws(ClientError) -> OwnedDescriptor {
    while elapsed() < timeout {
      if plan.takeDue(at: elapsed()) { try knock() }
      let now = elapsed()
      dialer.advance(to: now)
      let wake = [plan.next, dialer.nextAttempt, timeout].compactMap(\.self).min() ?? timeout
      if let socket = try dialer.wait(atMost: Timestamp.Span(nanoseconds: wake.nanoseconds - now.nanoseconds)) { return socket }
    }
    throw .noAnswer("no connection within \(timeout.seconds) s: \(dialer.failures)")
  }
}
