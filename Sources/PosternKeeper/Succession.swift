// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables

extension Keeper {
  /// Closes the leases that `rules`, of another configuration, would not give: of a user, key or door that is gone or no longer counts,
  /// to an address that is no longer admitted, with an element that the door does not have there, or for longer than they allow.
  package mutating func closeUnfit(for rules: GrantRules, at now: Moment) -> Work {
    var work = Work()
    for lease in book.all where !rules.has(lease, of: self.rules, at: now) || !rules.allowsLength(of: lease, at: now) {
      close(lease, .noLongerConfigured, at: now, &work)
    }
    liftUnfit(for: rules, &work)
    return work
  }

  /// Closes the leases, and lifts the bans, that were taken over from the sets and that this configuration would not give. How long they last is left to
  /// whoever wrote them: an administrator may prolong a lease by hand.
  package mutating func closeStrange(at now: Moment) -> Work {
    var work = Work()
    for lease in book.all where !rules.has(lease, of: rules, at: now) { close(lease, .noLongerConfigured, at: now, &work) }
    liftUnfit(for: rules, &work)
    return work
  }

  /// The keeper of another configuration with this one's leases; those that have no place there are to be closed before.
  package func successor(with rules: GrantRules) -> Keeper {
    var next = Keeper(rules: rules, ledger: ledger)
    next.book = book.moved { rules.place(of: $0, in: self.rules.catalog) }
    next.cuts = cuts
    next.sessions = sessions.moved { rules.place(of: $0, in: self.rules.catalog) }
    next.absent = Set(absent.compactMap { rules.catalog.place(of: self.rules.catalog.sets[$0]) })
    next.held = held
    next.actions = actions
    next.bans = bans
    next.bystanders = bystanders
    next.spared = spared
    next.spent.take(over: spent)
    return next
  }
}

extension GrantRules {
  /// Takes up how the keys of the sets are made now; of one that is away, what `other`, of the configuration before, knew.
  package mutating func take(_ layouts: [SetLayout?], after other: GrantRules) {
    _ = take(catalog.sets.map { entry in other.catalog.place(of: entry).flatMap { other.catalog.sets[$0].layout(as: entry) } })
    _ = take(layouts)
  }

  /// Whether these rules know the lease's user, key and door, and all its elements at that door.
  func has(_ lease: Lease, of other: GrantRules, at now: Moment) -> Bool {
    guard let door = tables.doors.firstIndex(where: { $0.name == lease.comment.door }),
      let user = tables.users.firstIndex(where: { $0.name == lease.comment.user }),
      let key = tables.keys.first(where: { $0.user == user && $0.name == lease.comment.key })
    else { return false }
    guard key.validity.contains(now.wall), tables.users[user].validity.contains(now.wall),
      tables.users[user].doors.contains(door),
      !tables.users[user].isDisabled, !tables.users[user].observesOnly
    else { return false }
    guard key.fingerprint == other.fingerprint(of: lease.comment),
      refuse(lease.elements.map(\.address), user: tables.users[user], door: tables.doors[door], own: []) == nil
    else { return false }
    let places = lease.elements.compactMap { place(of: $0, in: other.catalog) }
    return places.count == lease.elements.count
      && places.allSatisfy { element in
        let whole = elements([Place(element.address, port: element.parts.sourcePort)], door: door)
        // A door that leads flows elsewhere lets nothing pass that is not led.
        return whole.contains(element) && whole.allSatisfy { $0.target == nil || places.contains($0) }
      }
  }

  /// Nil for a key that these rules do not know.
  private func fingerprint(of holder: LeaseComment) -> UInt64? {
    tables.keys.first { $0.name == holder.key && tables.users[$0.user].name == holder.user }?.fingerprint
  }

  /// Whether a lease that has so much left could be given now, a second for what rounding takes.
  fileprivate func allowsLength(of lease: Lease, at now: Moment) -> Bool {
    guard let door = tables.doors.first(where: { $0.name == lease.comment.door }),
      let user = tables.users.firstIndex(where: { $0.name == lease.comment.user }),
      let key = tables.keys.first(where: { $0.user == user && $0.name == lease.comment.key })
    else { return false }
    let longest = min(door.longestLease, tables.users[user].longestLease)
    let left = [key.validity, tables.users[user].validity].compactMap { $0.secondsLeft(at: now.wall) } + [UInt64(longest)]
    return lease.end.milliseconds(after: now.uptime) <= ((left.min() ?? 0) + 1) * 1000
  }

  /// The same element by this configuration's count of sets; nil for a set that it does not have.
  func place(of element: DoorElement, in catalog: SetCatalog) -> DoorElement? {
    guard let set = self.catalog.place(of: catalog.sets[element.set]) else { return nil }
    var place = element
    place.set = set
    return place
  }
}
