// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock

/// What the keeper's work on one grant comes to.
struct KeeperVerdict {
  private let events: [AuditEvent]
  private let changes: [SetChange]
  private let catalog: SetCatalog
  private let notes: Grant.Notes
  private let now: Moment

  init(_ events: [AuditEvent], _ changes: [SetChange], _ catalog: SetCatalog, notes: Grant.Notes, at now: Moment) {
    self.events = events
    self.changes = changes
    self.catalog = catalog
    self.notes = notes
    self.now = now
  }

  /// The keeper says one thing of an open, and one of each lease that a close ends.
  var verdict: Explanation.Verdict {
    var ended: [LeaseComment] = []
    for event in events {
      if case .refused(let refusal) = event { return .refused(refusal.denial, by: .keeper) }
      if case .granted(let lease, let seconds, let renewed, _, _) = event { return .opened(opening(lease, seconds, renewed)) }
      if case .observed(let lease, let seconds, _) = event { return .observed(observation(lease, seconds)) }
      if case .ended(let lease, _) = event { ended.append(lease.comment) }
    }
    return .closed(ended, changes.map { ElementChange($0, catalog) })
  }

  private func opening(_ lease: Lease, _ seconds: UInt32, _ renewed: Bool) -> Explanation.Opening {
    let left = lease.end > now.uptime ? lease.end - now.uptime : 0
    return Explanation.Opening(
      lease: lease.comment, seconds: seconds, ends: now.wall + Timestamp.Span(nanoseconds: Int64(clamping: left)),
      isRenewal: renewed, notes: notes.words, changes: lease.elements.map(change))
  }

  /// The keeper changes nothing for a user whom it only observes; these are the changes of another.
  private func observation(_ lease: Lease, _ seconds: UInt32) -> Explanation.Opening {
    Explanation.Opening(
      lease: lease.comment, seconds: seconds, ends: now.wall + .seconds(Int64(seconds)), isRenewal: false, notes: notes.words,
      changes: lease.elements.map {
        ElementChange(.put($0, milliseconds: UInt64(seconds) * 1000, lease.comment), catalog)
      })
  }

  /// An element that the lease holds without a change stays as it is.
  private func change(_ element: DoorElement) -> ElementChange {
    guard let change = changes.first(where: { $0.element == element }) else { return ElementChange(keeping: element, catalog) }
    return ElementChange(change, catalog)
  }
}
