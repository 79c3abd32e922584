// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Which events an operator wants to see.
package struct EventFilter: Hashable, Sendable {
  package var user: Name?
  package var door: Name?
  /// Empty takes every kind.
  package var kinds: Set<EventKind>
  package var since: Timestamp?

  package init(user: Name? = nil, door: Name? = nil, kinds: Set<EventKind> = [], since: Timestamp? = nil) {
    self.user = user
    self.door = door
    self.kinds = kinds
    self.since = since
  }

  package func admits(_ kind: EventKind, user: Name?, door: Name?, at time: Timestamp) -> Bool {
    if let wanted = self.user, wanted != user { return false }
    if let wanted = self.door, wanted != door { return false }
    if let since, time < since { return false }
    return kinds.isEmpty || kinds.contains(kind)
  }
}

/// A request for events: those that the daemon remembers, and where it follows, those that come.
package struct EventQuery: Hashable, Sendable {
  package var filter: EventFilter
  /// The newest so many of what the daemon remembers; nil for all.
  package var last: UInt32?
  package var follows: Bool

  package init(filter: EventFilter = EventFilter(), last: UInt32? = nil, follows: Bool = false) {
    self.filter = filter
    self.last = last
    self.follows = follows
  }
}
