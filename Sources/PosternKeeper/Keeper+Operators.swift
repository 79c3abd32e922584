// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock
import PosternTables
package import PosternWire

/// What operators ask for. They get nothing that the user could not get by a knock; only his rate does not count.
extension Keeper {
  /// Closes one lease; refuses an id that no lease has.
  package mutating func close(_ id: LeaseID, at now: Moment) throws(OperatorRefusal) -> Work {
    guard let lease = book[id] else { throw .noLease(id) }
    var work = Work()
    close(lease, .closedByOperator, at: now, &work)
    return work
  }

  /// Opens a door in a user's name; answers the leases as well, new ones or ones that this renews.
  package mutating func open(
    _ opening: OperatorOpening, own: Set<IPAddress>, at now: Moment
  ) throws(OperatorRefusal) -> (work: Work, leases: [LeaseID]) {
    let claim = try rules.claim(user: opening.user, key: opening.key, door: opening.door, at: now.wall)
    let seconds = try seconds(opening, claim)
    let parts = try rules.elements(opening, claim, own: own)
    guard !parts.joined().contains(where: { book.rival(of: $0) != nil }) else { throw .denied(.addressTaken) }
    let end = now.uptime + UInt64(seconds) * 1_000_000_000
    let leases = parts.map { leaseToOpen(claim, $0, until: end, at: now) }
    let new = leases.count { $0.old == nil }
    guard book.open(user: opening.user, door: opening.door) + new <= Int(rules.tables.doors[claim.door].leasesPerUser) else {
      throw .denied(.tooManyLeases)
    }
    var work = Work()
    var ids: [LeaseID] = []
    for (lease, old) in leases {
      let lease = old == nil ? unused(lease) : lease
      plan(lease, seconds: seconds, renewed: old != nil, notes: [], at: now, &work)
      ids.append(lease.id)
    }
    return (work, ids)
  }

  private func seconds(_ opening: OperatorOpening, _ claim: GrantRules.Claim) throws(OperatorRefusal) -> UInt32 {
    guard let wished = opening.seconds else { return min(rules.tables.doors[claim.door].defaultLease, claim.longest) }
    guard wished >= 1 else { throw .denied(.leaseNotAllowed) }
    guard wished <= claim.longest else { throw .tooLong(most: claim.longest) }
    return wished
  }

  private func leaseToOpen(
    _ claim: GrantRules.Claim, _ elements: [DoorElement], until end: UInt64, at now: Moment
  ) -> (lease: Lease, old: Lease?) {
    let tables = rules.tables
    let comment = LeaseComment(
      user: tables.users[claim.user].name, key: tables.keys[claim.key].name, door: tables.doors[claim.door].name,
      lease: LeaseID(now.wall.nanoseconds))
    let old = book.renewable(comment, elements, until: end)
    return (Lease(comment: old?.comment ?? comment, elements: elements, end: max(old?.end ?? 0, end)), old)
  }

  /// The lease under an id that no other has. Ids of knocks are hashes; those of operators are moments.
  private func unused(_ lease: Lease) -> Lease {
    var lease = lease
    while book[lease.id] != nil { lease.comment = lease.comment.with(LeaseID(lease.id.value &+ 1)) }
    return lease
  }

  /// Lets a lease last longer, within what its door, user and key may have from now.
  package mutating func extend(_ id: LeaseID, _ extent: LeaseExtension, at now: Moment) throws(OperatorRefusal) -> Work {
    guard var lease = book[id], lease.end > now.uptime else { throw .noLease(id) }
    let comment = lease.comment
    let claim = try rules.claim(user: comment.user, key: comment.key, door: comment.door, at: now.wall)
    let left = lease.end.milliseconds(after: now.uptime)
    let wished: UInt64
    switch extent {
    case .lasting(let seconds): wished = UInt64(seconds) * 1000
    case .added(let seconds): wished = left + UInt64(seconds) * 1000
    }
    guard wished <= UInt64(claim.longest) * 1000 else { throw .tooLong(most: claim.longest) }
    guard wished > left else { throw .lastsLonger }
    lease.end = now.uptime + wished * 1_000_000
    var work = Work()
    plan(lease, seconds: UInt32(clamping: wished / 1000), renewed: true, notes: [], at: now, &work)
    return work
  }

  /// Closes all leases of a user, also of one that the configuration no longer knows. He may knock again.
  package mutating func revoke(
    _ user: Name, at now: Moment
  ) throws(OperatorRefusal) -> (work: Work, outcome: AuditEvent.Revocation) {
    let leases = book.leases(ofUser: user)
    let index = rules.tables.users.firstIndex { $0.name == user }
    guard index != nil || !leases.isEmpty else { throw .noUser(user) }
    var work = Work()
    for lease in leases { close(lease, .closedByOperator, at: now, &work) }
    let stays = Set(leases.flatMap(\.elements)).filter { stands($0, at: now) }
    let unseen = book.adopted(at: now.uptime).filter { element in
      !stays.contains(element) && index.map { rules.mayHold(element, user: $0) } ?? true
    }
    let outcome = AuditEvent.Revocation(user: user, leases: leases.count, stays: stays.inOrder, unseen: unseen.inOrder)
    work.steps.append(.said(.revoked(outcome)))
    return (work, outcome)
  }

  /// Whether somebody still holds the element, or it is foreign.
  private func stands(_ element: DoorElement, at now: Moment) -> Bool {
    if let foreign = book.foreign(element), foreign.end > now.uptime { return true }
    return book.longestHolder(of: element) != nil
  }
}

extension GrantRules {
  /// Whether a door of this user has such an element.
  fileprivate func mayHold(_ element: DoorElement, user: Int) -> Bool {
    userDoors[user].contains { elements([Place(element.address, port: element.parts.sourcePort)], door: $0).contains(element) }
  }
}

extension LeaseComment {
  fileprivate func with(_ lease: LeaseID) -> LeaseComment { LeaseComment(user: user, key: key, door: door, lease: lease) }
}

extension Collection<DoorElement> {
  fileprivate var inOrder: [DoorElement] { sorted { $0.description < $1.description } }
}
