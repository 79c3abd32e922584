// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternProtocols

/// How large a knock may be: what is larger is a mistake in its settings.
package enum StepBounds {
  /// A smoke screen of some hundred packets fits.
  package static let steps = 1024
  /// No server waits longer for the rest of a knock.
  package static let duration = Timestamp.Span.seconds(120)
  /// What a datagram over Ethernet carries is smaller still; the kernel refuses what does not fit its path.
  package static let payload = 1 << 14

  /// Throws ``ClientError/usage(_:)`` for a knock beyond the bounds, and for one of nothing.
  package static func check(_ steps: [KnockStep]) throws(ClientError) {
    guard !steps.isEmpty else { throw .usage("the knock has no packets") }
    guard steps.count <= Self.steps else { throw .usage("a knock has at most \(Self.steps) packets") }
    guard steps.allSatisfy({ $0.payload.count <= payload }) else { throw .usage("a packet of the knock is too long") }
    guard !steps.contains(where: { $0.transport == .stream && StepRoute($0) != .stream }) else {
      throw .usage("a connection cannot choose its IP header")
    }
    var left = duration.nanoseconds
    for step in steps {
      guard step.pause.nanoseconds >= 0, step.pause.nanoseconds <= left else {
        throw .usage("a knock takes at most \(duration.seconds) s, pauses and all")
      }
      left -= step.pause.nanoseconds
    }
  }
}
