// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// What one transaction of somebody else did to the doors' sets.
package struct ForeignChange: Hashable, Sendable {
  /// Who did it, as the kernel names him: the name of the program and the number of its process.
  package struct Author: Hashable, Sendable {
    package var program: String
    package var process: UInt32

    package init(program: String, process: UInt32) {
      self.program = program
      self.process = process
    }

    /// The kernel dropped events: who it was is not known.
    package static let unknown = Author(program: "unknown", process: 0)
  }

  package var author: Author
  /// Sets that went away, with everything in them; those that came back in the same transaction are in ``returned`` too.
  package var lost: Set<Int> = []
  /// Sets that were made, and take leases.
  package var returned: Set<Int> = []
  /// Elements that were deleted one by one, and are still not there: an operator's word, never undone.
  package var deleted: [DoorElement] = []
  package var found: [FoundElement] = []

  package init(author: Author) { self.author = author }
}

extension Keeper {
  /// Restores with less than this left are not worth a transaction, in milliseconds.
  static let leastRestored: UInt64 = 1000

  /// Makes the book follow what somebody else did: deleted elements are let go, sets that came back get their leases back with the time
  /// that remains, and foreign elements are remembered.
  package mutating func follow(_ change: ForeignChange, at now: Moment) -> Work {
    var work = Work()
    lose(change, &work)
    meet(change.found.filter { rules.catalog.sets[$0.element.set].isOfLeases }, at: now, &work)
    meetBans(change.found, at: now)
    for element in change.deleted where !change.lost.contains(element.set) {
      letGo(element, change.author, at: now, &work)
      letGoOfBan(element, &work)
    }
    if !change.returned.isEmpty { restore(change, at: now, &work) }
    return work
  }

  private mutating func lose(_ change: ForeignChange, _ work: inout Work) {
    guard !change.lost.isEmpty else { return }
    book.forgetForeign(in: change.lost)
    let gone = change.lost.subtracting(change.returned)
    guard !gone.isEmpty else { return }
    absent.formUnion(gone)
    let waiting = book.all.count { lease in lease.elements.contains { gone.contains($0.set) } }
    work.steps.append(.said(.setsLost(names(of: gone), leases: waiting, change.author)))
  }

  /// Elements that somebody else wrote. Those of a known lease keep the later end, such as after a saved ruleset was loaded; those of an
  /// unknown lease are adopted; all others are foreign.
  private mutating func meet(_ found: [FoundElement], at now: Moment, _ work: inout Work) {
    var rest: [FoundElement] = []
    for item in found {
      guard let comment = item.comment.flatMap({ LeaseComment($0) }), let remaining = item.remaining,
        var lease = book[comment.lease], lease.comment == comment, rules.mayHave(item.element, door: comment.door)
      else {
        rest.append(item)
        continue
      }
      if !lease.elements.contains(item.element) { lease.elements.append(item.element) }
      lease.end = max(lease.end, Self.end(remaining, at: now))
      if lease != book[lease.id] { book.put(lease) }
    }
    work.steps += adopt(rest, at: now).map { .said($0) }
  }

  /// All who held the element lose it, and where it led flows elsewhere what let those pass; a lease without elements has ended.
  private mutating func letGo(_ element: DoorElement, _ author: ForeignChange.Author, at now: Moment, _ work: inout Work) {
    book.forgetForeign(element)
    for var lease in book.holders(of: element) {
      let rest = lease.elements(ledBy: element)
      for lost in [element] + rest { book.drop(lost, from: lease.id) }
      for lost in rest { release(lost, heldUntil: lease.end, at: now, &work) }
      lease.elements = [element] + rest
      work.steps.append(.said(.deleted(lease, isOver: book[lease.id] == nil, author)))
    }
  }

  private mutating func restore(_ change: ForeignChange, at now: Moment, _ work: inout Work) {
    let sets = change.returned
    absent.subtract(sets)
    giveWay(sets, at: now, &work)
    let present = Set(change.found.map(\.element))
    var leases: Set<LeaseID> = []
    var elements: Set<DoorElement> = []
    for lease in book.all {
      for element in lease.elements(toRestore: sets) {
        leases.insert(lease.id)
        guard elements.insert(element).inserted, let holder = book.longestHolder(of: element) else { continue }
        let left = holder.end.milliseconds(after: now.uptime)
        guard left >= Self.leastRestored else { continue }
        if let foreign = book.foreign(element), foreign.end >= holder.end { continue }
        // What the ruleset brought itself may end sooner.
        let isPresent = present.contains(element) || !sets.contains(element.set)
        work.changes.append(
          isPresent ? .put(element, milliseconds: left, holder.comment) : .add(element, milliseconds: left, holder.comment))
      }
    }
    for session in sessions.all {
      guard let element = session.element, let comment = session.comment, let end = session.elementEnd, sets.contains(element.set)
      else { continue }
      let left = end.milliseconds(after: now.uptime)
      guard left >= Self.leastRestored, elements.insert(element).inserted else { continue }
      work.changes.append(.put(element, milliseconds: left, comment))
    }
    restoreBans(sets, at: now, &work)
    work.steps.append(.restored(names(of: sets), leases: leases.count, elements, change.author))
  }

  /// Where a map leads elsewhere now, by another's hand, the leases do not fight it.
  private mutating func giveWay(_ sets: Set<Int>, at now: Moment, _ work: inout Work) {
    guard sets.contains(where: { rules.catalog.sets[$0].data != nil }) else { return }
    for lease in book.all where lease.elements.contains(where: { book.rival(of: $0) != nil }) {
      close(lease, .notRestored, at: now, &work)
    }
  }

  /// What became of a restore: elements that the kernel will not take are let go, those of a set that is away again wait on.
  mutating func restored(
    _ sets: [String], leases: Int, _ elements: Set<DoorElement>, _ author: ForeignChange.Author, _ refused: [DoorElement: Denial]
  ) -> [AuditEvent] {
    let failed = refused.filter { elements.contains($0.key) }
    var events: [AuditEvent] = [
      .restored(sets, leases: leases, elements: elements.count - failed.count, refused: failed, author)
    ]
    for (element, denial) in failed {
      guard !denial.mayPass else {
        absent.insert(element.set)
        continue
      }
      for lease in book.holders(of: element) {
        book.drop(element, from: lease.id)
        if book[lease.id] == nil { events.append(.ended(lease, .notRestored)) }
      }
    }
    return events
  }

  private func names(of sets: Set<Int>) -> [String] { sets.sorted().map { rules.catalog.sets[$0].reference.description } }
}

extension Lease {
  /// The elements in these sets, and where flows are led elsewhere all of the family: map and set are written together.
  fileprivate func elements(toRestore sets: Set<Int>) -> [DoorElement] {
    guard elements.contains(where: { $0.target != nil }) else { return elements.filter { sets.contains($0.set) } }
    let families = Set(elements.filter { sets.contains($0.set) && isLed($0.address.family) }.map(\.address.family))
    return elements.filter { sets.contains($0.set) || families.contains($0.address.family) }
  }

  /// The elements of the set that stand for nothing without this one of the map.
  fileprivate func elements(ledBy element: DoorElement) -> [DoorElement] {
    guard element.target != nil else { return [] }
    return elements.filter { $0.target == nil && $0.address.family == element.address.family }
  }

  private func isLed(_ family: AddressFamily) -> Bool {
    elements.contains { $0.target != nil && $0.address.family == family }
  }
}

extension Denial {
  /// Whether the set may be there, or be suited, at a later time: the grant then waits for it until its lease ends.
  var mayPass: Bool { self == .setMissing || self == .setForeignOwner || self == .setUnsuited }
}
