// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKnock
import PosternTables
import PosternWire

/// Bans by the keeper itself. A gate in a stranger's hands may name anybody as a suspect: whom this host needs and who holds something is
/// spared, and there are so many a minute.
extension Keeper {
  /// So many banned neighbours make a network: an IPv6 /64 is one source, and who has a /48 has 65,536 of them.
  private static let neighbours = 4

  mutating func suspect(
    _ suspect: Suspect, generation: UInt32, own: Set<IPAddress>, at now: Moment, _ work: inout Work
  ) {
    guard let defence = rules.tables.defence else { return }
    guard generation == rules.generation else { return spare(suspect.source, .generationStale, &work) }
    // Its packets were on their way.
    guard bans.covering(suspect.source).isEmpty else { return }
    guard quota.take(.bans, perMinute: defence.bansPerMinute, at: now.uptime) else {
      return spare(suspect.source, .tooManyBans, &work)
    }
    if let denial = exemption(of: suspect.source, own: own) { return spare(suspect.source, denial, &work) }
    guard !bans.isFull(isManual: false) else { return spare(suspect.source, .setFull, &work) }
    ban(suspect.source, .evidence(suspect.evidence), at: now, &work)
    widen(around: suspect.source, own: own, at: now, &work)
  }

  private mutating func spare(_ source: AddressPrefix, _ denial: Denial, _ work: inout Work) {
    noteSpared(denial)
    work.steps.append(.said(.banRefused(.init(denial: denial, source: source.address))))
  }

  /// Why a network is not banned; nil where it may be.
  private func exemption(of network: AddressPrefix, own: Set<IPAddress>) -> Denial? {
    guard AddressRule.admits(network.address, linkLocal: true) else { return .addressNotAllowed }
    if rules.tables.defence?.never.contains(where: { $0.overlaps(network) }) ?? false { return .neverBanned }
    if own.contains(where: network.contains) { return .ownAddress }
    if bystanders.routers.contains(where: network.contains) { return .routerAddress }
    if bystanders.resolvers.contains(where: network.contains) { return .resolverAddress }
    if holdsLease(network) { return .leaseHolder }
    if sessions.all.contains(where: { network.contains($0.flow.tuple.source) }) { return .sessionHolder }
    return nil
  }

  /// A lease of a door that bans is no merit.
  func holdsLease(_ network: AddressPrefix) -> Bool {
    let banning = Set(rules.tables.doors.filter(\.isBan).map(\.name))
    return book.each.contains { lease in
      !banning.contains(lease.comment.door) && lease.elements.contains { $0.parts.source.overlaps(network) }
    }
  }

  /// Twice as long with each repeat, to a limit.
  private mutating func ban(_ source: AddressPrefix, _ cause: Ban.Cause, at now: Moment, _ work: inout Work) {
    guard let defence = rules.tables.defence else { return }
    let repeats = bans.repeats(of: source, at: now.uptime)
    let doubled = UInt64(defence.timeout) << UInt64(min(repeats, 31))
    let seconds = min(doubled, UInt64(defence.longest))
    let end = now.uptime + seconds * 1_000_000_000
    plan(Ban(source: source, cause: cause, repeats: repeats, since: now.wall, end: end), at: now, &work)
  }

  /// The /56 of several banned /64, and the /48 of several banned /56, unless somebody in it is spared.
  private mutating func widen(around source: AddressPrefix, own: Set<IPAddress>, at now: Moment, _ work: inout Work) {
    let lengths = BanSet.lengths(source.address.family, isManual: false)
    for (length, wide) in zip(lengths, lengths.dropFirst()) {
      let network = AddressPrefix(around: source.address, length: wide)
      guard bans.ban(network, isManual: false) == nil, bans.count(length: length, within: network) >= Self.neighbours,
        exemption(of: network, own: own) == nil, !bans.isFull(isManual: false),
        quota.take(.bans, perMinute: rules.tables.defence?.bansPerMinute ?? 0, at: now.uptime)
      else { return }
      ban(network, .neighbours, at: now, &work)
    }
  }

  /// Plans that a ban stands, and puts it into the book.
  mutating func plan(_ ban: Ban, at now: Moment, _ work: inout Work) {
    guard let element = rules.catalog.element(of: ban) else { return spare(ban.source, .setUnsuited, &work) }
    let before = bans.ban(ban.source, isManual: ban.isManual)
    if before != nil { work.standing.insert(element) }
    bans.put(ban)
    let milliseconds = ban.end.milliseconds(after: now.uptime)
    work.changes.append(.ban(element, milliseconds: max(1, milliseconds), BanComment(ban)))
    work.steps.append(.banned(ban, element, before: before))
  }

  /// Plans the end of a ban.
  mutating func lift(_ ban: Ban, _ ending: Ban.Ending, _ work: inout Work) {
    bans.remove(ban)
    guard let element = rules.catalog.element(of: ban) else { return work.steps.append(.said(.unbanned(ban, ending))) }
    work.changes.append(.remove(element))
    work.steps.append(.lifted(ban, ending, element))
  }

  /// Who gets a lease is banned no more by the keeper itself.
  mutating func liftBans(for lease: Lease, _ work: inout Work) {
    guard bans.count > 0, !rules.tables.doors.contains(where: { $0.isBan && $0.name == lease.comment.door }) else { return }
    for source in lease.elements.map(\.parts.source) {
      let met = source.length == source.address.family.width ? bans.covering(source) : bans.overlapping(source)
      for ban in met where !ban.isManual { lift(ban, .lease, &work) }
    }
  }

  // MARK: The kernel's answers

  /// What became of a ban; one that the kernel took counts as a repeat from now on.
  mutating func banned(_ ban: Ban, _ before: Ban?, _ refusal: Denial?, at now: Moment) -> AuditEvent {
    if let refusal {
      // What stood before stands.
      if let before { bans.put(before) } else { bans.remove(ban) }
      noteSpared(refusal)
      return .banRefused(.init(denial: refusal, source: ban.source.address))
    }
    if !ban.isManual {
      bans.remember(ban, until: ban.end + UInt64(rules.tables.defence?.longest ?? 0) * 1_000_000_000)
    }
    return .banned(ban, seconds: UInt32(clamping: (ban.end.milliseconds(after: now.uptime) + 999) / 1000))
  }

  /// What became of the end of a ban; one that the kernel did not let go of stands.
  mutating func lifted(_ ban: Ban, _ ending: Ban.Ending, _ refusal: Denial?) -> AuditEvent {
    guard let refusal, refusal != .setMissing else { return .unbanned(ban, ending) }
    bans.put(ban)
    return .alarm("the ban of \(ban.sourceText) stands: \(refusal)")
  }

  // MARK: What others do

  /// Takes up bans that stand in the sets, of an earlier keeper or written back by somebody; other elements are nobody's.
  mutating func meetBans(_ found: [FoundElement], at now: Moment) {
    for item in found {
      guard let set = rules.catalog.sets[item.element.set].ban, let comment = item.comment.flatMap({ BanComment($0) }),
        let remaining = item.remaining
      else { continue }
      let ban = Ban(
        source: item.element.parts.source, cause: comment.cause, repeats: comment.repeats, since: comment.since,
        end: Self.end(remaining, at: now))
      guard ban.isManual == set.isManual, !bans.isFull(isManual: ban.isManual) else { continue }
      if let known = bans.ban(ban.source, isManual: ban.isManual), known.end >= ban.end { continue }
      bans.put(ban)
      guard !ban.isManual else { continue }
      bans.remember(ban, until: ban.end + UInt64(rules.tables.defence?.longest ?? 0) * 1_000_000_000)
    }
  }

  /// Somebody deleted an element: his word, never undone.
  mutating func letGoOfBan(_ element: DoorElement, _ work: inout Work) {
    guard let ban = ban(of: element) else { return }
    bans.remove(ban)
    work.steps.append(.said(.unbanned(ban, .deleted)))
  }

  /// The ban that an element of a ban set stands for.
  func ban(of element: DoorElement) -> Ban? {
    rules.catalog.sets[element.set].ban.flatMap { bans.ban(element.parts.source, isManual: $0.isManual) }
  }

  /// Sets that came back get their bans back, as doors get their leases.
  mutating func restoreBans(_ sets: Set<Int>, at now: Moment, _ work: inout Work) {
    for ban in bans.all {
      guard let element = rules.catalog.element(of: ban), sets.contains(element.set) else { continue }
      let left = ban.end.milliseconds(after: now.uptime)
      guard left >= Self.leastRestored else { continue }
      work.changes.append(.ban(element, milliseconds: left, BanComment(ban)))
      work.steps.append(.rebanned(ban, element))
    }
  }

  /// Nil where it stands again, or waits for a set that is away once more.
  mutating func rebanned(_ ban: Ban, _ refusal: Denial?) -> AuditEvent? {
    guard let refusal, !refusal.mayPass else { return nil }
    bans.remove(ban)
    return .unbanned(ban, .notRestored)
  }

  /// The elements that leases, others or bans are known to have in a set.
  package func elements(in set: Int) -> [DoorElement] {
    guard rules.catalog.sets[set].ban != nil else { return book.elements(in: set) }
    return bans.all.compactMap { rules.catalog.element(of: $0) }.filter { $0.set == set }
  }

  /// Whether the element is a lease's, a ban's, or known to be somebody else's.
  package func knows(_ element: DoorElement) -> Bool {
    !book.holders(of: element).isEmpty || book.foreign(element) != nil || ban(of: element) != nil
  }

  /// Lifts the bans that another configuration would not have.
  mutating func liftUnfit(for rules: GrantRules, _ work: inout Work) {
    for ban in bans.all {
      let isSpared = !ban.isManual && rules.tables.defence?.never.contains { $0.overlaps(ban.source) } ?? true
      let isPlaced = ban.set.map { set in rules.tables.defence?.reference(set) == self.rules.tables.defence?.reference(set) }
      if isSpared || isPlaced != true { lift(ban, .noLongerConfigured, &work) }
    }
  }
}

extension SetCatalog {
  /// The element that a ban has in its set; nil without `[defence]`.
  func element(of ban: Ban) -> DoorElement? {
    guard let set = ban.set, let place = sets.firstIndex(where: { $0.ban == set }) else { return nil }
    return DoorElement(set: place, parts: KeyParts(source: ban.source))
  }
}
