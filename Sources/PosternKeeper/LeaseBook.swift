// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// A grant as the kernel holds it: the elements written for one key at one door, all with the same end.
package struct Lease: Hashable, Sendable {
  package var comment: LeaseComment
  package var elements: [DoorElement]
  /// CLOCK_MONOTONIC nanoseconds at which the kernel lets go.
  package var end: UInt64

  package init(comment: LeaseComment, elements: [DoorElement], end: UInt64) {
    self.comment = comment
    self.elements = elements
    self.end = end
  }

  package var id: LeaseID { comment.lease }
}

/// All open leases and who holds which element.
///
/// Several leases may hold one element (two users behind one address): the element lasts as long as the longest of them and
/// carries that one's comment. Elements of foreign origin are remembered too; they are never changed to end sooner.
package struct LeaseBook: Sendable {
  private var leases: [LeaseID: Lease] = [:]
  private var holders: [DoorElement: [LeaseID]] = [:]
  private var openAt: [UserDoor: Int] = [:]
  private var openAtDoor: [Name: Int] = [:]
  private var foreign: [DoorElement: Foreign] = [:]
  /// The element of a map that was last noted for a key, by the element without its target; it may be gone since.
  private var led: [DoorElement: DoorElement] = [:]
  private var queue = ExpiryQueue()
  private var adoptedUntil: [DoorElement: UInt64] = [:]
  private var lastKnocks: [Name: Timestamp] = [:]
  /// Leases that ended of late: a flow that one of them let in may be heard of a moment later.
  package private(set) var ended: [Lease] = []
  private static let endedLimit = 1024

  /// What is known of an element that somebody else put there.
  package struct Foreign: Hashable, Sendable {
    /// The uptime at which it ends; `UInt64.max` stands for no end.
    package var end: UInt64
    package var comment: String?
  }

  private struct UserDoor: Hashable {
    var user: Name
    var door: Name

    init(_ comment: LeaseComment) {
      user = comment.user
      door = comment.door
    }
  }

  package init() {}

  package var count: Int { leases.count }
  /// The open leases, soonest end first.
  package var all: [Lease] { leases.values.sorted { ($0.end, $0.id.value) < ($1.end, $1.id.value) } }
  /// The open leases in no order, without the cost of one.
  var each: some Collection<Lease> { leases.values }
  package var foreignCount: Int { foreign.count }

  package subscript(id: LeaseID) -> Lease? { leases[id] }

  package func open(user: Name, door: Name) -> Int {
    openAt[UserDoor(LeaseComment(user: user, key: user, door: door, lease: LeaseID(0)))] ?? 0
  }

  /// Of all users together.
  package func open(door: Name) -> Int { openAtDoor[door] ?? 0 }

  package func leases(ofUser user: Name, door: Name) -> [Lease] { leases(ofUser: user).filter { $0.comment.door == door } }

  package func leases(ofUser user: Name) -> [Lease] { all.filter { $0.comment.user == user } }

  /// Open leases of each user, and of each door.
  package var openByUser: [Name: Int] { count(by: \.user) }
  package var openByDoor: [Name: Int] { count(by: \.door) }

  private func count(by part: KeyPath<UserDoor, Name>) -> [Name: Int] {
    openAt.reduce(into: [:]) { $0[$1.key[keyPath: part], default: 0] += $1.value }
  }

  /// How many elements of each set stand, by the set's place in the catalog: those of leases and those of others.
  package var elementsBySet: [Int: Int] {
    Set(holders.keys).union(foreign.keys).reduce(into: [:]) { $0[$1.set, default: 0] += 1 }
  }

  /// When a knock of this user last passed all checks of the keeper, since the daemon started.
  package func lastKnock(of user: Name) -> Timestamp? { lastKnocks[user] }

  package mutating func noteKnock(of user: Name, at time: Timestamp) { lastKnocks[user] = time }

  /// The elements that an earlier keeper left and somebody holds: others than their known holders may hold them too, until they knock
  /// again or the end that was found.
  package func adopted(at uptime: UInt64) -> [DoorElement] {
    adoptedUntil.filter { $0.value > uptime && holders[$0.key] != nil }.map(\.key)
  }

  package mutating func noteAdopted(_ lease: Lease) {
    for element in lease.elements { adoptedUntil[element] = lease.end }
  }

  /// The lease that a new grant to the same key for the same elements until `end` renews.
  ///
  /// One with fewer elements is renewed too, such as one of which the kernel refused an element; but what is new in the grant must
  /// not last longer than it asks for.
  package func renewable(_ comment: LeaseComment, _ elements: [DoorElement], until end: UInt64) -> Lease? {
    elements.lazy.flatMap { holders[$0] ?? [] }.compactMap { leases[$0] }.first {
      $0.comment.user == comment.user && $0.comment.key == comment.key && $0.comment.door == comment.door
        && ($0.elements.count == elements.count || $0.end <= end) && $0.elements.allSatisfy(elements.contains)
    }
  }

  /// The holder whose end is the latest: the element lives for him and names him.
  package func longestHolder(of element: DoorElement) -> Lease? {
    holders[element]?.lazy.compactMap { leases[$0] }.max { $0.end < $1.end }
  }

  /// Whether somebody holds the element, or it is known to be somebody else's.
  func stands(_ element: DoorElement) -> Bool { holders[element] != nil || foreign[element] != nil }

  package func holders(of element: DoorElement) -> [Lease] { (holders[element] ?? []).compactMap { leases[$0] } }

  /// The elements of this set that leases hold, and the foreign ones that are known.
  package func elements(in set: Int) -> [DoorElement] {
    Set(holders.keys).union(foreign.keys).filter { $0.set == set }
  }

  /// The foreign element of this key, if there was one.
  package func foreign(_ element: DoorElement) -> Foreign? { foreign[element] }

  package mutating func noteForeign(_ element: DoorElement, _ found: Foreign) {
    foreign[element] = found
    noteTarget(element)
  }

  private mutating func noteTarget(_ element: DoorElement) {
    if element.target != nil { led[element.withoutTarget] = element }
  }

  /// The element, of a lease or foreign, by which a map leads the same flows elsewhere.
  package func rival(of element: DoorElement) -> DoorElement? {
    guard element.target != nil, let other = led[element.withoutTarget], other != element else { return nil }
    return stands(other) ? other : nil
  }

  mutating func forgetForeign(_ element: DoorElement) { foreign[element] = nil }
  mutating func forgetForeign(in sets: Set<Int>) { foreign = foreign.filter { !sets.contains($0.key.set) } }

  /// Adds a lease, or replaces the one of the same id.
  package mutating func put(_ lease: Lease) {
    if leases[lease.id] != nil { forget(lease.id) }
    leases[lease.id] = lease
    for element in lease.elements {
      holders[element, default: []].append(lease.id)
      noteTarget(element)
    }
    openAt[UserDoor(lease.comment), default: 0] += 1
    openAtDoor[lease.comment.door, default: 0] += 1
    queue.insert(.init(uptime: lease.end, lease: lease.id))
  }

  /// Takes one element from a lease; a lease without elements is gone.
  package mutating func drop(_ element: DoorElement, from id: LeaseID) {
    guard var lease = leases[id] else { return }
    forget(id)
    lease.elements.removeAll { $0 == element }
    if !lease.elements.isEmpty { put(lease) }
  }

  /// Replaces the elements that leases have in a set by what `relaid` makes of each, for a set whose keys are made otherwise than before.
  mutating func relay(_ set: Int, _ relaid: (DoorElement, _ door: Name) -> [DoorElement]) {
    foreign = foreign.filter { $0.key.set != set }
    for var lease in Array(leases.values) where lease.elements.contains(where: { $0.set == set }) {
      for old in lease.elements where old.set == set {
        guard let end = adoptedUntil[old] else { continue }
        for new in relaid(old, lease.comment.door) { adoptedUntil[new] = end }
      }
      lease.elements = lease.elements.flatMap { $0.set == set ? relaid($0, lease.comment.door) : [$0] }.withoutRepeats
      put(lease)
    }
  }

  @discardableResult
  package mutating func remove(_ id: LeaseID) -> Lease? {
    guard let lease = leases[id] else { return nil }
    forget(id)
    remember(lease)
    return lease
  }

  /// The same leases and foreign elements with each element at another place; those without a place are left out.
  func moved(_ place: (DoorElement) -> DoorElement?) -> LeaseBook {
    var book = LeaseBook()
    book.lastKnocks = lastKnocks
    for (element, end) in adoptedUntil {
      if let element = place(element) { book.adoptedUntil[element] = end }
    }
    for var lease in all {
      lease.elements = lease.elements.compactMap(place)
      if !lease.elements.isEmpty { book.put(lease) }
    }
    for (element, found) in foreign {
      if let element = place(element) { book.noteForeign(element, found) }
    }
    return book
  }

  /// The next moment at which a lease ends.
  package var nextEnd: UInt64? { queue.soonest?.uptime }

  /// Removes and returns the leases that have ended; the kernel has let go of their elements by itself.
  package mutating func removeEnded(at uptime: UInt64) -> [Lease] {
    var ended: [Lease] = []
    while let soonest = queue.soonest, soonest.uptime <= uptime {
      _ = queue.removeSoonest()
      guard let lease = leases[soonest.lease], lease.end <= uptime else { continue }
      forget(lease.id)
      ended.append(lease)
      remember(lease)
    }
    guard !ended.isEmpty else { return ended }
    if foreign.count > 0 { foreign = foreign.filter { $0.value.end > uptime } }
    if led.count > 0 { led = led.filter { holders[$0.value] != nil || foreign[$0.value] != nil } }
    if adoptedUntil.count > 0 { adoptedUntil = adoptedUntil.filter { $0.value > uptime } }
    return ended
  }

  private mutating func remember(_ lease: Lease) {
    if ended.count >= Self.endedLimit { ended.removeFirst(Self.endedLimit / 2) }
    ended.append(lease)
  }

  private mutating func forget(_ id: LeaseID) {
    guard let lease = leases.removeValue(forKey: id) else { return }
    for element in lease.elements {
      holders[element]?.removeAll { $0 == id }
      if holders[element]?.isEmpty == true { holders[element] = nil }
    }
    let place = UserDoor(lease.comment)
    openAt[place, default: 1] -= 1
    if openAt[place] == 0 { openAt[place] = nil }
    openAtDoor[place.door, default: 1] -= 1
    if openAtDoor[place.door] == 0 { openAtDoor[place.door] = nil }
  }
}

extension DoorElement {
  fileprivate var withoutTarget: DoorElement { DoorElement(set: set, parts: parts) }
}

extension [DoorElement] {
  /// Several elements can become one under a key that says less.
  fileprivate var withoutRepeats: [DoorElement] {
    var seen: Set<DoorElement> = []
    return filter { seen.insert($0).inserted }
  }
}
