// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// An element that a dump found in a door's set or map.
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
    meetBans(found, at: now)
    for item in found where rules.catalog.sets[item.element.set].isOfLeases {
      guard let comment = item.comment.flatMap({ LeaseComment($0) }), let remaining = item.remaining else {
        let end = item.remaining.map { Self.end($0, at: now) } ?? .max
        book.noteForeign(item.element, LeaseBook.Foreign(end: end, comment: item.comment))
        continue
      }
      let end = Self.end(remaining, at: now)
      // Led elsewhere than the door leads: nobody may ride on it.
      guard rules.mayHave(item.element, door: comment.door) else {
        book.noteForeign(item.element, LeaseBook.Foreign(end: end, comment: item.comment))
        continue
      }
      var lease = leases[comment.lease] ?? Lease(comment: comment, elements: [], end: end)
      guard lease.comment == comment else {
        // Somebody else's id: one that no keeper wrote.
        book.noteForeign(item.element, LeaseBook.Foreign(end: end, comment: item.comment))
        continue
      }
      lease.elements.append(item.element)
      lease.end = max(lease.end, end)
      leases[comment.lease] = lease
    }
    return leases.values.sorted { $0.id.value < $1.id.value }.map { lease in
      book.put(lease)
      book.noteAdopted(lease)
      return .adopted(lease, seconds: UInt32(clamping: lease.end.milliseconds(after: now.uptime) / 1000))
    }
  }

  /// Nobody lives to see an element of more than 2^32 seconds end; what administrators write must not overflow.
  static func end(_ remaining: UInt64, at now: Moment) -> UInt64 {
    now.uptime + min(remaining, UInt64(UInt32.max) * 1000) * 1_000_000
  }
}
