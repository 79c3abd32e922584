// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables

/// The ruleset in other hands: reloads, deleted elements, sets that go and come.
extension Daemon {
  /// Follows what others did since the last call, one transaction after another.
  mutating func followRuleset() {
    // First: a one-shot door that was taken before its set went away must not come back.
    followFlows()
    do throws(SetError) {
      for _ in 0..<RulesetWatch.patience {
        guard let finding = try ruleset.next(among: keeper.rules.catalog) else { return }
        switch finding {
        case .transaction(let transaction): follow(transaction)
        case .overrun: follow(whatHappened(), complaints: [])
        }
      }
    } catch {
      audit.write([.alarm("changes of the ruleset cannot be followed: \(error)")], at: Self.now)
    }
  }

  private mutating func follow(_ transaction: RulesetWatch.Transaction) {
    var change = ForeignChange(author: transaction.author)
    var complaints: [String] = []
    for set in transaction.lost { change.lost.formUnion(sets.indices(of: set)) }
    for made in transaction.made {
      for set in sets.indices(of: made) {
        sets.look(at: set)
        if let misfit = sets.misfit(of: set) { complaints.append(misfit) } else { change.returned.insert(set) }
      }
    }
    // Keys may be made otherwise now: open leases and what follows are told in the new ones.
    _ = keeper.take(sets.layouts)
    for written in transaction.written { change.found += sets.found(written.element, in: written.set) }
    for deleted in transaction.deleted {
      for item in sets.found(deleted.element, in: deleted.set) where isGone(item.element) { change.deleted.append(item.element) }
    }
    follow(change, complaints: complaints)
  }

  /// An element that a lease or a ban holds or that is foreign, and that is not there now: it may have been written again since it was deleted.
  private mutating func isGone(_ element: DoorElement) -> Bool {
    guard keeper.knows(element) else { return false }
    return !sets.holds(element)
  }

  private mutating func follow(_ change: ForeignChange, complaints: [String]) {
    let now = Self.now
    if !complaints.isEmpty { audit.write(complaints.map { .alarm($0) }, at: now) }
    carryOut(keeper.follow(change, at: now))
    // A saved ruleset may hold leases of somebody who has no door any more.
    if !change.found.isEmpty { carryOut(keeper.closeStrange(at: now)) }
  }

  /// What events that were lost must have said: a set of another identity was made anew; in one of the same, what is missing was deleted.
  private mutating func whatHappened() -> ForeignChange {
    var change = ForeignChange(author: .unknown)
    let identities = sets.identities
    sets.look()
    _ = keeper.take(sets.layouts)
    for (set, before) in identities.enumerated() {
      if sets.identities[set] != before {
        change.lost.insert(set)
        guard sets.identities[set] != nil, sets.misfit(of: set) == nil else { continue }
        change.returned.insert(set)
        // What the ruleset brought itself was told of in events that are lost.
        if let found = try? sets.found(in: set) { change.found += found }
      } else if before != nil, let found = try? sets.found(in: set) {
        change.found += found
        let present = Set(found.map(\.element))
        for element in keeper.elements(in: set) where !present.contains(element) && !sets.holds(element) {
          change.deleted.append(element)
        }
      }
    }
    return change
  }
}
