// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock
package import PosternTables
package import PosternWire

/// The keeper without its kernel: frames and operators' wishes become set changes, the kernel's answers become leases and audit events.
///
/// A wake-up is ``decide(_:own:at:)``, then one transaction with the changes of the work, then ``settle(_:failures:at:)``.
package struct Keeper: Sendable {
  package private(set) var rules: GrantRules
  package internal(set) var book: LeaseBook
  package internal(set) var sessions = SessionBook()
  /// Flows that were cut, while the kernel remembers it.
  var cuts = CutFlows()
  /// Sets that are known to be away: leases wait there for the set to come back.
  package internal(set) var absent: Set<Int> = []
  package internal(set) var ledger: KeyLedger
  package internal(set) var held = HeldPackets()
  package internal(set) var actions = ActionBook()
  var quota = GrantQuota()
  var spent: SpentKnocks
  package internal(set) var bans = BanBook()
  /// Whom no suspicion gets banned; the caller keeps it up to date.
  package var bystanders = Bystanders()
  /// Bans that did not come about, by reason.
  package internal(set) var spared: [Denial: UInt64] = [:]

  /// `book` and `ledger` are what an earlier configuration left; leases live on over a reload.
  package init(tables: KeeperTables, generation: UInt32, book: LeaseBook = LeaseBook(), ledger: KeyLedger = KeyLedger()) {
    self.init(rules: GrantRules(tables: tables, generation: generation), ledger: ledger)
    self.book = book
  }

  init(rules: GrantRules, ledger: KeyLedger) {
    self.rules = rules
    book = LeaseBook()
    spent = SpentKnocks(rules.tables)
    self.ledger = ledger
    self.ledger.keep(only: Set(rules.tables.keys.map(\.fingerprint)))
  }

  // MARK: Frames

  /// Judges the frames of one gate's wake-up in their order. The book already holds what is planned; ``settle(_:failures:at:)`` takes back
  /// what the kernel refused.
  package mutating func decide(_ frames: [KeeperFrame], of gate: Int = 0, own: Set<IPAddress>, at now: Moment) -> Work {
    var work = Work()
    for frame in frames {
      switch frame.body {
      case .loaded, .pace: continue
      // Whatever its generation: the packet waits in the kernel, and no configuration makes its verdict another.
      case .held(let packet): work.held.append(packet)
      case .ready(let ring): work.steps.append(.said(.gateReady(generation: frame.generation, ring: meaning(of: ring))))
      case .refusal(let refusal):
        try? spend(refusal.spent, of: gate, at: now.wall)
        say(refusal, &work)
      case .suspect(let suspect): self.suspect(suspect, generation: frame.generation, own: own, at: now, &work)
      case .grant(let grant):
        do throws(Denial) {
          try spend(grant.knock.low, of: gate, at: now.wall)
          note(grant, generation: frame.generation, at: now.wall)
          try decide(grant, generation: frame.generation, own: own, at: now, &work)
        } catch {
          work.steps.append(.said(.refused(named(error, grant))))
        }
      }
    }
    return work
  }

  /// One gate alone knows by itself what is spent.
  private mutating func spend(_ knock: UInt64, of gate: Int, at now: Timestamp) throws(Denial) {
    if rules.tables.gates > 1 { try spent.spend(knock, of: gate, at: now) }
  }

  /// Rings of several gates are tied to their keeper, not to the gateway's keys.
  private func meaning(of ring: KeeperFrame.RingState) -> KeeperFrame.RingState {
    ring == .fencedGateway && rules.tables.gates > 1 ? .fencedGates : ring
  }

  private mutating func decide(
    _ grant: Grant, generation: UInt32, own: Set<IPAddress>, at now: Moment, _ work: inout Work
  ) throws(Denial) {
    if grant.action == .run { return try run(grant, generation: generation, own: own, at: now, &work) }
    let admitted = try rules.admit(grant, generation: generation, own: own, at: now.wall)
    book.noteKnock(of: admitted.comment.user, at: now.wall)
    switch grant.action {
    case .open: open(admitted, grant, at: now, &work)
    case .ban: ban(admitted, grant, at: now, &work)
    case .close: close(admitted, grant, at: now, &work)
    case .run: return
    }
  }

  /// A key whose codes were just switched off is somebody's guessing, or a user in trouble: worth an alarm.
  private func say(_ refusal: KeeperFrame.Refusal, _ work: inout Work) {
    work.steps.append(.said(.refused(named(refusal))))
    guard refusal.denial == .secondFactorExhausted, rules.tables.keys.indices.contains(refusal.key.value) else { return }
    let key = rules.tables.keys[refusal.key.value]
    let name = "\(rules.tables.users[key.user].name)/\(key.name)"
    work.steps.append(.said(.alarm("too many wrong codes of \(name): its codes are switched off for a while")))
  }

  /// Which of the gateway's secrets the key knocked with; nothing where the frame speaks of other tables.
  private mutating func note(_ grant: Grant, generation: UInt32, at now: Timestamp) {
    let tables = rules.tables
    let (gatewayKey, admission) = (Int(grant.addressee.gatewayKey), Int(grant.addressee.admission))
    guard generation == rules.generation, tables.keys.indices.contains(grant.key.value),
      tables.gatewayKeys.indices.contains(gatewayKey)
    else { return }
    let use = KeyUse(
      lastKnock: now, gatewayKey: tables.gatewayKeys[gatewayKey].fingerprint,
      admission: tables.admissions.indices.contains(admission) ? tables.admissions[admission].fingerprint : 0)
    ledger.note(use, of: tables.keys[grant.key.value].fingerprint)
  }

  /// The ledger's file is up to date.
  package mutating func markLedgerWritten() { ledger.markWritten() }

  private mutating func open(_ admitted: GrantRules.Admitted, _ grant: Grant, at now: Moment, _ work: inout Work) {
    let user = rules.tables.users[admitted.user]
    let wished = now.uptime + UInt64(admitted.seconds) * 1_000_000_000
    let old = book.renewable(admitted.comment, admitted.elements, until: wished)
    // The ids of two knocks are never the same; a gate that says so would make the book forget somebody's lease.
    guard old != nil || book[admitted.comment.lease] == nil else {
      return work.steps.append(.said(.refused(named(.frameMalformed, grant))))
    }
    if let denial = refuse(admitted, renews: old != nil, door: grant.door, at: now) {
      return work.steps.append(.said(.refused(named(denial, grant))))
    }
    let lease = Lease(
      comment: old?.comment ?? admitted.comment, elements: admitted.elements, end: max(old?.end ?? 0, wished))
    guard !user.observesOnly else {
      return work.steps.append(.said(.observed(lease, seconds: admitted.seconds, notes: grant.notes)))
    }
    var notes = grant.notes
    // Only the keeper knows how keys are made.
    let isNarrowed = lease.elements.contains { $0.parts.sourcePort != nil }
    if !isNarrowed, GrantRules.places(of: grant).contains(where: { $0.port != nil }) { notes.insert(.sourcePortIgnored) }
    plan(lease, seconds: admitted.seconds, renewed: old != nil, notes: notes, at: now, &work)
  }

  /// Whoever holds a lease proved more than the sequence that bans: he is not kept out by it.
  private mutating func ban(_ admitted: GrantRules.Admitted, _ grant: Grant, at now: Moment, _ work: inout Work) {
    let sources = GrantRules.addresses(of: grant).map { AddressPrefix(around: $0, length: $0.family.width) }
    guard !sources.contains(where: holdsLease) else {
      return work.steps.append(.said(.refused(named(.leaseHolder, grant))))
    }
    open(admitted, grant, at: now, &work)
  }

  /// Plans that a lease stands from now until its end, and puts it into the book.
  mutating func plan(
    _ lease: Lease, seconds: UInt32, renewed: Bool, notes: Grant.Notes, at now: Moment, _ work: inout Work
  ) {
    liftBans(for: lease, &work)
    for element in lease.elements where !outlasts(element, lease.end) {
      if book.stands(element) { work.standing.insert(element) }
      work.changes.append(.put(element, milliseconds: max(1, lease.end.milliseconds(after: now.uptime)), lease.comment))
    }
    book.put(lease)
    work.steps.append(.opened(lease.id, seconds: seconds, renewed: renewed, notes: notes, requested: lease.elements))
  }

  /// Targets of others, then the quotas of user and door. The user's own come first: over them he takes nothing from others.
  private mutating func refuse(_ admitted: GrantRules.Admitted, renews: Bool, door index: Int, at now: Moment) -> Denial? {
    let (user, door) = (rules.tables.users[admitted.user], rules.tables.doors[index])
    guard !admitted.elements.contains(where: { book.rival(of: $0) != nil }) else { return .addressTaken }
    if !renews {
      guard book.open(user: user.name, door: door.name) < Int(door.leasesPerUser) else { return .tooManyLeases }
      guard book.open(door: door.name) < door.leases.map(Int.init) ?? .max else { return .tooManyLeases }
    }
    guard quota.take(.user(admitted.user), perMinute: user.grantsPerMinute, at: now.uptime) else { return .tooManyGrants }
    guard let perMinute = door.grantsPerMinute else { return nil }
    return quota.take(.door(index), perMinute: perMinute, at: now.uptime) ? nil : .tooManyGrants
  }

  /// Whether the kernel keeps the element at least until `end` without a change: another holder or a foreign element does.
  func outlasts(_ element: DoorElement, _ end: UInt64) -> Bool {
    if let foreign = book.foreign(element), foreign.end >= end { return true }
    guard let longest = book.longestHolder(of: element) else { return false }
    return longest.end >= end
  }

  /// A user's own close: the leases of his at that door that hold a named address, or all of them where none is named.
  private mutating func close(_ admitted: GrantRules.Admitted, _ grant: Grant, at now: Moment, _ work: inout Work) {
    let named = Set(admitted.elements)
    // An address of a family that the door has no set for is named, too: it must not turn into a close of everything.
    let closesAll = GrantRules.addresses(of: grant).isEmpty
    for lease in book.leases(ofUser: admitted.comment.user, door: admitted.comment.door)
    where closesAll || lease.elements.contains(where: named.contains) {
      close(lease, .closedByUser, at: now, &work)
    }
  }

  /// Plans the end of one lease: what nobody else holds goes.
  mutating func close(_ lease: Lease, _ ending: AuditEvent.Ending, at now: Moment, _ work: inout Work) {
    book.remove(lease.id)
    for element in lease.elements { release(element, heldUntil: lease.end, at: now, &work) }
    work.steps.append(.closed(lease, ending))
  }

  /// Plans what becomes of an element when a lease that held it until `end` does so no more.
  mutating func release(_ element: DoorElement, heldUntil end: UInt64, at now: Moment, _ work: inout Work) {
    let foreign = book.foreign(element)
    if let foreign, foreign.end > end { return }
    // What stands under the key in the map is another's.
    if book.rival(of: element) != nil { return }
    guard let other = book.longestHolder(of: element) else {
      return work.changes.append(Self.withdrawal(of: element, foreign, at: now))
    }
    // Somebody else still holds it. It was written for the longest holder: shorten it only if that was this lease.
    if other.end < end {
      work.changes.append(.put(element, milliseconds: max(1, other.end.milliseconds(after: now.uptime)), other.comment))
    }
  }

  /// A lease may have prolonged a foreign element: that one stays until its own end.
  private static func withdrawal(of element: DoorElement, _ foreign: LeaseBook.Foreign?, at now: Moment) -> SetChange {
    guard let foreign, foreign.end > now.uptime else { return .remove(element) }
    return .giveBack(element, milliseconds: max(1, foreign.end.milliseconds(after: now.uptime)), comment: foreign.comment)
  }

  // MARK: Sets

  /// Takes up how the keys of the sets are made now, by the sets' place in the catalog; nil for a set that is gone leaves what was
  /// known. Answers the sets whose keys are made otherwise than was known: open leases have their elements there in the new keys, and
  /// nothing of that was written yet. Foreign elements of these sets are forgotten.
  package mutating func take(_ layouts: [SetLayout?]) -> [Int] {
    let changed = rules.take(layouts)
    for set in changed { book.relay(set) { [rules] in rules.relaid($0, of: $1) } }
    return changed
  }

  // MARK: The kernel's answers

  /// Tells the book which changes of `work` the kernel refused, by their place in ``Work/changes``.
  package mutating func settle(_ work: Work, failures: [Int: Denial], at now: Moment) -> [AuditEvent] {
    var refused: [DoorElement: Denial] = [:]
    var stuck: [DoorElement: Denial] = [:]
    let opened = failures.isEmpty ? [] : work.opened
    for (index, denial) in failures {
      let change = work.changes[index]
      refused[change.element] = denial
      // What was refused to somebody who came in is no failure of a close.
      if !change.isFor(opened) { stuck[change.element] = denial }
    }
    return work.steps.flatMap { step in
      switch step {
      case .said(let event): [event]
      case .opened(let id, let seconds, let renewed, let notes, let requested):
        [self.opened(id, seconds, renewed, notes, refused.filter { requested.contains($0.key) })]
      case .closed(let lease, let ending): [closed(lease, ending, stuck, at: now)]
      case .banned(let ban, let element, let before): [banned(ban, before, refused[element], at: now)]
      case .lifted(let ban, let ending, let element): [lifted(ban, ending, stuck[element])]
      case .rebanned(let ban, let element): [rebanned(ban, refused[element])].compactMap(\.self)
      case .restored(let sets, let leases, let elements, let author): restored(sets, leases: leases, elements, author, refused)
      }
    }
  }

  private mutating func opened(
    _ id: LeaseID, _ seconds: UInt32, _ renewed: Bool, _ notes: Grant.Notes, _ refused: [DoorElement: Denial]
  ) -> AuditEvent {
    guard let planned = book[id] else { return .alarm("lease \(id) vanished while it was written") }
    for (element, denial) in refused {
      // A set that is away may come back before the lease ends.
      if denial == .setMissing { absent.insert(element.set) } else { book.drop(element, from: id) }
    }
    guard let lease = book[id] else {
      return .refused(
        .init(
          denial: refused.values.first ?? .kernelRefused, user: planned.comment.user, key: planned.comment.key,
          door: planned.comment.door, source: planned.elements.first?.address))
    }
    return .granted(lease, seconds: seconds, renewed: renewed, notes: notes, refused: refused)
  }

  private mutating func closed(
    _ lease: Lease, _ ending: AuditEvent.Ending, _ refused: [DoorElement: Denial], at now: Moment
  ) -> AuditEvent {
    let stuck = lease.elements.filter { refused[$0] != nil && refused[$0] != .setMissing }
    guard let first = stuck.first, let denial = refused[first] else { return .ended(lease, ending) }
    var rest = lease
    rest.elements = stuck
    book.put(rest)
    return .closeFailed(lease, denial)
  }

  // MARK: Time

  /// Ends the leases whose time is over. The kernel has closed their doors already: this only says so.
  package mutating func expire(at now: Moment) -> [AuditEvent] {
    book.removeEnded(at: now.uptime).map { .ended($0, .expired) }
      + bans.removeEnded(at: now.uptime).map { .unbanned($0, .expired) }
  }

  /// No lease and no ban ends before this moment.
  package var nextEnd: UInt64? { [book.nextEnd, bans.nextEnd].compactMap(\.self).min() }

  mutating func noteSpared(_ denial: Denial) { spared[denial, default: 0] += 1 }

  // MARK: Names

  func named(_ denial: Denial, _ grant: Grant) -> AuditEvent.Refusal {
    let key = rules.tables.keys.indices.contains(grant.key.value) ? rules.tables.keys[grant.key.value] : nil
    let isOfDoor = (grant.action == .open || grant.action == .close) && rules.tables.doors.indices.contains(grant.door)
    let door = isOfDoor ? rules.tables.doors[grant.door].name : nil
    return AuditEvent.Refusal(
      denial: denial, user: key.map { rules.tables.users[$0.user].name }, key: key?.name, door: door,
      source: GrantRules.addresses(of: grant).first)
  }

  private func named(_ refusal: KeeperFrame.Refusal) -> AuditEvent.Refusal {
    let key = rules.tables.keys.indices.contains(refusal.key.value) ? rules.tables.keys[refusal.key.value] : nil
    return AuditEvent.Refusal(
      denial: refusal.denial, user: key.map { rules.tables.users[$0.user].name }, key: key?.name, source: refusal.source,
      skew: refusal.denial.isAboutTime ? refusal.skew : nil)
  }
}
