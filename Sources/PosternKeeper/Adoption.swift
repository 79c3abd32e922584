// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// An element that a dump found in a door's set.
package struct FoundElement: Hashable, Sendable {
  package var element: DoorElement
  /// Milliseconds until the kernel lets go; nil for an element that stays.
  package var remaining: UInt64?
  package var comment: String?

  package init(element: DoorElement, remaining: UInt64?, comment: String?) {
    self.element = element
    self.remaining = remaining
    self.comment = comment
  }
}

extension Keeper {
  /// Takes over what an earlier keeper left in the sets: elements whose comment is exactly a lease's, grouped by lease; all others
  /// are foreign. Only the holder that the comment names is known of an element; others ride on it unseen until they knock again.
  package mutating func adopt(_ found: [FoundElement], at now: Moment) -> [AuditEvent] {
    var leases: [LeaseID: Lease] = [:]
    for item in found {
      guard let comment = item.comment.flatMap({ LeaseComment($0) }), let remaining = item.remaining else {
        let end = item.remaining.map { now.uptime + $0 * 1_000_000 } ?? .max
        noteForeign(item.element, LeaseBook.Foreign(end: end, comment: item.comment))
        continue
      }
      let end = now.uptime + remaining * 1_000_000
      guard var lease = leases[comment.lease], lease.comment == comment else {
        leases[comment.lease] = Lease(comment: comment, elements: [item.element], end: end)
        continue
      }
      lease.elements.append(item.element)
      lease.end = max(lease.end, end)
      leases[comment.lease] = lease
    }
    return leases.values.sorted { $0.id.value < $1.id.value }.map { lease in
      put(lease)
      return .adopted(lease, seconds: UInt32(clamping: lease.end.milliseconds(after: now.uptime) / 1000))
    }
  }
}
