// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// When the knocks of one wish are sent, counted from the first: an early loss is repaired soon, a burst of losses later.
package struct KnockPlan: Hashable, Sendable {
  package static let offsets: [Timestamp.Span] = [.milliseconds(0), .milliseconds(250), .milliseconds(750), .milliseconds(1750)]

  private var pending: ArraySlice<Timestamp.Span>

  /// With `once` there is only the first.
  package init(once: Bool = false) { pending = Self.offsets.prefix(once ? 1 : Self.offsets.count) }

  /// For classic protocols, whose servers answer a second knock with a second rule and take their time: again only after a loss that is
  /// certain.
  package static let classic = KnockPlan(at: [.milliseconds(0), .milliseconds(2500), .milliseconds(6000)])

  private init(at offsets: [Timestamp.Span]) { pending = offsets[...] }

  /// The offset of the next knock; nil after the last.
  package var next: Timestamp.Span? { pending.first }

  /// Whether to knock now. Knocks that are overdue together (the process was stopped) count as one.
  package mutating func takeDue(at elapsed: Timestamp.Span) -> Bool {
    let due = pending.prefix { $0 <= elapsed }.count
    pending = pending.dropFirst(due)
    return due > 0
  }
}
