// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Wrong codes of one client key: the fifth switches its codes off for a quarter of an hour, and each time after that for twice as long.
package struct CodeFailures: Hashable, Sendable {
  package static let limit: UInt8 = 5
  package static let firstPause = Timestamp.Span.seconds(900)
  /// Sixteen hours: 2^6 quarters of one.
  package static let longestDoubling: UInt8 = 6

  /// Wrong codes since the last right one, or since the last pause.
  package private(set) var wrong: UInt8
  /// Pauses since the last right code.
  package private(set) var pauses: UInt8
  package private(set) var closedUntil: Timestamp

  package init(wrong: UInt8 = 0, pauses: UInt8 = 0, closedUntil: Timestamp = .zero) {
    self.wrong = wrong
    self.pauses = pauses
    self.closedUntil = closedUntil
  }

  package func isClosed(at now: Timestamp) -> Bool { now < closedUntil }

  /// Counts a wrong code; true when it was the one that switches codes off.
  package mutating func note(at now: Timestamp) -> Bool {
    wrong += 1
    guard wrong >= Self.limit else { return false }
    wrong = 0
    closedUntil = now + Timestamp.Span(nanoseconds: Self.firstPause.nanoseconds << min(pauses, Self.longestDoubling))
    pauses = min(pauses + 1, Self.longestDoubling)
    return true
  }

  /// A right code: what was wrong before is forgotten.
  package mutating func forgive() { self = CodeFailures() }
}
