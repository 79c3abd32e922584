// SPDX-License-Identifier: Apache-2.0
import PosternControl
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
      switch event {
      case .refused(let refusal): return .refused(refusal.denial, by: .keeper)
      case .granted(let lease, let seconds, let renewed, _, _):
        return .opened(opening(lease, seconds, renewed, lease.elements.map(change)))
      case .observed(let lease, let seconds, _):
        return .observed(opening(lease, seconds, false, lease.elements.map { ElementChange(.withhold, $0, catalog) }))
      case .ended(let lease, _): ended.append(lease.comment)
      // What the keeper says of anything but a grant.
      case .started, .stopped, .gateReady, .gateEnded, .adopted, .closeFailed, .reloaded, .reloadRefused, .deleted, .setsLost,
        .restored, .revoked, .strangers, .alarm, .auditLost, .session, .sessionEnded,
        .service, .banned, .unbanned, .banRefused:
        continue
      case .run(let action, _): return .started(action, isOnlyObserved: false)
      case .action(let result): return .started(result.action, isOnlyObserved: result.end.outcome == .observed)
      }
    }
    return .closed(ended, changes.map { ElementChange($0, catalog) })
  }

  private func opening(
    _ lease: Lease, _ seconds: UInt32, _ renewed: Bool, _ changes: [ElementChange]
  ) -> Explanation.Opening {
    let left = lease.end > now.uptime ? lease.end - now.uptime : 0
    return Explanation.Opening(
      lease: lease.comment, seconds: seconds, ends: now.wall + Timestamp.Span(nanoseconds: Int64(clamping: left)),
      isRenewal: renewed, notes: notes.words, changes: changes)
  }

  /// An element that the lease holds without a change stays as it is.
  private func change(_ element: DoorElement) -> ElementChange {
    guard let change = changes.first(where: { $0.element == element }) else { return ElementChange(.keep, element, catalog) }
    return ElementChange(change, catalog)
  }
}
