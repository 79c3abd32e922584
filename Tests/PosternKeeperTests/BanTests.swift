// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Bans: whom, for how long, how many, and whom never.
@Suite struct BanTests {
  static let rules = BanRules(
    family: .inet, table: "postern", timeout: 60, longest: 500, bansPerMinute: 20,
    never: [AddressPrefix("198.51.100.0/24"), AddressPrefix("2001:db8:9::/48")].compactMap(\.self))

  static func bench(_ rules: BanRules = rules, onBan: Bool = false) -> Bench {
    var tables = Fixture.tables()
    tables.defence = rules
    if onBan {
      tables.actions = [
        RunnerProgram(
          name: Fixture.name("tell"), words: [.text("/bin/true")], account: .runner(nil), directory: "/", environment: [],
          timeout: 5, atOnce: 1)
      ]
      tables.onBan = [0]
    }
    return Bench(tables)
  }

  static func suspect(_ source: String, _ kind: EvidenceKind = .ports, generation: UInt32 = 1) -> KeeperFrame {
    KeeperFrame(
      generation: generation, body: .suspect(Suspect(source: Suspect.source(of: Fixture.ip(source)), evidence: kind)))
  }

  // MARK: Bans

  @Test func aSuspectIsBannedForATimeAndFreedAtItsEnd() throws {
    var bench = Self.bench()
    let ban = try #require(bench.receive(Self.suspect("203.0.113.5")).bans.first)
    #expect(ban.sourceText == "203.0.113.5" && ban.cause == .evidence(.ports) && ban.repeats == 0)
    #expect(bench.banned == ["inet postern banned4 203.0.113.5 60 s"])
    #expect(bench.kernel.values.first?.comment == "ban ports 0 2027-01-15T08:00:00.000Z")
    #expect(bench.pass(seconds: 59).isEmpty)
    #expect(bench.pass(seconds: 1) == [.unbanned(ban, .expired)])
    #expect(bench.keeper.bans.count == 0 && bench.keeper.nextEnd == nil)
  }

  @Test func withoutTheTableNobodyIsBanned() {
    var bench = Bench()
    #expect(bench.receive(Self.suspect("203.0.113.5")).isEmpty && bench.kernel.isEmpty)
  }

  @Test func eachRepeatLastsTwiceAsLongToALimit() {
    var bench = Self.bench()
    var lengths: [UInt32] = []
    for _ in 0..<6 {
      for case .banned(let ban, let seconds) in bench.receive(Self.suspect("203.0.113.5")) {
        #expect(ban.repeats == UInt32(lengths.count))
        lengths.append(seconds)
      }
      _ = bench.pass(seconds: 500)
    }
    #expect(lengths == [60, 120, 240, 480, 500, 500])
    _ = bench.pass(seconds: 501)
    #expect(bench.receive(Self.suspect("203.0.113.5")).bans.map(\.repeats) == [0], "forgotten in time")
  }

  @Test func whoIsBannedIsNotBannedTwice() {
    var bench = Self.bench()
    #expect(bench.receive(Self.suspect("203.0.113.5"), Self.suspect("203.0.113.5", .refusals)).bans.count == 1)
    #expect(bench.receive(Self.suspect("203.0.113.5")).isEmpty)
    #expect(bench.kernel.count == 1)
  }

  // MARK: Whom never

  static let sparedSources: [(String, Denial)] = [
    ("198.51.100.77", .neverBanned), ("2001:db8:9:1::5", .neverBanned), ("192.0.2.1", .ownAddress),
    ("2001:db8:1::1", .ownAddress), ("192.0.2.254", .routerAddress), ("fe80::1", .routerAddress),
    ("192.0.2.53", .resolverAddress),
    ("2001:db8:53::53", .resolverAddress), ("127.0.0.1", .addressNotAllowed), ("::1", .addressNotAllowed),
    ("224.0.0.1", .addressNotAllowed), ("0.0.0.0", .addressNotAllowed),
  ]

  @Test(arguments: sparedSources) func someAreNeverBanned(_ source: String, _ reason: Denial) {
    var bench = Self.bench()
    bench.own.insert(Fixture.ip("2001:db8:1::99"))
    bench.keeper.bystanders = Bystanders(
      routers: [Fixture.ip("192.0.2.254"), Fixture.ip("fe80::254")],
      resolvers: [Fixture.ip("192.0.2.53"), Fixture.ip("2001:db8:53::1")])
    let events = bench.receive(Self.suspect(source))
    #expect(events.spared == [reason] && bench.kernel.isEmpty && bench.keeper.spared == [reason: 1])
  }

  @Test func holdersOfLeasesAreNot() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7"))
    let before = bench.kernel
    #expect(bench.receive(Self.suspect("192.0.2.7")).spared == [.leaseHolder])
    #expect(bench.receive(Self.suspect("2001:db8::66")).spared == [.leaseHolder], "of the same /64")
    #expect(bench.kernel == before)
    _ = bench.pass(seconds: 31)
    #expect(bench.receive(Self.suspect("192.0.2.7")).bans.count == 1, "no more than a lease's time")
  }

  @Test func holdersOfSessionsAreNot() {
    var bench = Self.bench()
    _ = bench.receive(Fixture.grant("192.0.2.7"))
    _ = bench.meet(KeeperSessionsTests.flow())
    _ = bench.pass(seconds: 31)
    #expect(bench.receive(Self.suspect("192.0.2.7")).spared == [.sessionHolder])
  }

  @Test func anotherGenerationBansNobody() {
    var bench = Self.bench()
    #expect(bench.receive(Self.suspect("203.0.113.5", generation: 2)).spared == [.generationStale])
  }

  /// A lease frees its address, also in the name of which others sent; the knock was never asked about the ban.
  @Test func aLeaseEndsTheBanOfItsAddress() {
    var bench = Self.bench()
    let bans = bench.receive(Self.suspect("192.0.2.7"), Self.suspect("2001:db8::66")).bans
    #expect(bans.count == 2)
    let events = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7"))
    #expect(events.grants == 1 && events.contains(.unbanned(bans[0], .lease)) && events.contains(.unbanned(bans[1], .lease)))
    #expect(bench.banned.isEmpty && bench.kernel.count == 2)
  }

  // MARK: How many

  @Test func bansAreCappedAMinute() {
    var bench = Self.bench()
    var events: [AuditEvent] = []
    for number in 1...30 { events += bench.receive(Self.suspect("203.0.113.\(number)")) }
    #expect(events.bans.count == 20 && events.spared == Array(repeating: .tooManyBans, count: 10))
    #expect(bench.keeper.spared == [.tooManyBans: 10])
    _ = bench.pass(seconds: 3)
    #expect(bench.receive(Self.suspect("203.0.113.99")).bans.count == 1)
  }

  /// A full set takes nobody more and loses nobody.
  @Test func aFullSetIsCounted() throws {
    var bench = Self.bench()
    _ = bench.receive(Self.suspect("203.0.113.1"))
    let place = try #require(bench.kernel.keys.first)
    var other = place
    other.parts.source = Suspect.source(of: Fixture.ip("203.0.113.2"))
    bench.faults[other] = .setFull
    #expect(bench.receive(Self.suspect("203.0.113.2")).spared == [.setFull])
    #expect(bench.keeper.bans.count == 1 && bench.kernel.count == 1 && bench.keeper.spared == [.setFull: 1])
  }

  // MARK: IPv6

  @Test func neighboursWidenABan() {
    var rules = Self.rules
    rules.bansPerMinute = 60
    var bench = Self.bench(rules)
    var all: [Ban] = []
    for network in 0..<4 {
      for part in 0..<4 { all += bench.receive(Self.suspect("2001:db8:5:\(network)0\(part)::1")).bans }
    }
    #expect(all.filter { $0.source.length == 64 }.count == 16)
    let wide = ["2001:db8:5:100::/56", "2001:db8:5:200::/56", "2001:db8:5:300::/56", "2001:db8:5::/56"]
    #expect(all.filter { $0.source.length == 56 }.map(\.sourceText).sorted() == wide)
    #expect(all.filter { $0.source.length == 48 }.map(\.sourceText) == ["2001:db8:5::/48"])
    #expect(all.filter { $0.cause == .neighbours }.count == 5)
    #expect(bench.receive(Self.suspect("2001:db8:5:ffff::1")).isEmpty, "banned with its network")
    #expect(bench.receive(Self.suspect("2001:db8:6::1")).bans.count == 1)
  }

  @Test func aNetworkWithSomebodyToSpareIsNotWidened() {
    var bench = Self.bench()
    bench.own.insert(Fixture.ip("2001:db8:5:ff::1"))
    var all: [Ban] = []
    for part in 0..<8 { all += bench.receive(Self.suspect("2001:db8:5:\(part)::1")).bans }
    #expect(all.map(\.source.length) == Array(repeating: 64, count: 8))
  }

  // MARK: Restarts and others' hands

  @Test func bansAreKnownAfterARestart() throws {
    var bench = Self.bench()
    _ = bench.receive(Self.suspect("203.0.113.5"))
    _ = bench.pass(seconds: 60)
    _ = bench.receive(Self.suspect("203.0.113.5"))
    _ = try bench.ban("192.0.2.0/24", seconds: 900, by: 1000)
    _ = bench.pass(seconds: 20)
    var later = Self.bench()
    later.now = bench.now
    let stranger = DoorElement(
      set: try #require(bench.kernel.keys.first).set, parts: KeyParts(source: Suspect.source(of: Fixture.ip("203.0.113.9"))))
    let found = bench.found + [FoundElement(element: stranger, remaining: 5000, comment: "by hand")]
    #expect(later.keeper.adopt(found, at: later.now).isEmpty)
    #expect(later.keeper.bans.all == bench.keeper.bans.all && later.keeper.bans.count == 2)
    _ = later.pass(seconds: 200)
    #expect(later.receive(Self.suspect("203.0.113.5")).bans.map(\.repeats) == [2])
  }

  /// Whom the configuration spares by now is freed by the next keeper, too.
  @Test func bansOfASparedSourceEndAtARestart() throws {
    var bench = Self.bench()
    let ban = try #require(bench.receive(Self.suspect("203.0.113.5")).bans.first)
    var rules = Self.rules
    rules.never.append(ban.source)
    var later = Self.bench(rules)
    later.now = bench.now
    #expect(later.keeper.adopt(bench.found, at: later.now).isEmpty)
    later.kernel = bench.kernel
    #expect(later.run(later.keeper.closeStrange(at: later.now)).endings == [.noLongerConfigured])
    #expect(later.kernel.isEmpty && later.keeper.bans.count == 0)
  }

  @Test func deletedByHandIsOver() throws {
    var bench = Self.bench()
    let ban = try #require(bench.receive(Self.suspect("203.0.113.5")).bans.first)
    let element = try #require(bench.kernel.keys.first)
    #expect(bench.keeper.knows(element) && bench.keeper.elements(in: element.set) == [element])
    var change = ForeignChange(author: .unknown)
    change.deleted = [element]
    bench.kernel = [:]
    #expect(bench.follow(change) == [.unbanned(ban, .deleted)])
    #expect(bench.keeper.bans.count == 0)
  }

  /// A ruleset that is loaded anew frees nobody.
  @Test func setsThatComeBackGetTheirBansBack() throws {
    var bench = Self.bench()
    let ban = try #require(bench.receive(Self.suspect("203.0.113.5")).bans.first)
    let element = try #require(bench.kernel.keys.first)
    bench.kernel = [:]
    var change = ForeignChange(author: .unknown)
    change.lost = [element.set]
    _ = bench.follow(change)
    #expect(bench.keeper.bans.all == [ban])
    _ = bench.pass(seconds: 20)
    change.returned = [element.set]
    change.lost = []
    #expect(bench.follow(change).bans.isEmpty, "told once")
    #expect(bench.banned == ["inet postern banned4 203.0.113.5 40 s"])
    bench.kernel = [:]
    bench.faults[element] = .setFull
    #expect(bench.follow(change).contains(.unbanned(ban, .notRestored)))
  }

  @Test func anotherConfigurationLiftsWhatItWouldNotHave() {
    var bench = Self.bench()
    _ = bench.receive(Self.suspect("203.0.113.5"), Self.suspect("203.0.114.5"))
    var tables = Fixture.tables()
    tables.defence = Self.rules
    tables.defence?.never = [AddressPrefix("203.0.113.0/24")].compactMap(\.self)
    let rules = GrantRules(tables: tables, generation: 2)
    let events = bench.succeed(rules)
    #expect(events.endings == [.noLongerConfigured] && bench.banned.count == 1)
    #expect(bench.keeper.bans.all.map(\.sourceText) == ["203.0.114.5"])
    let without = bench.succeed(GrantRules(tables: Fixture.tables(), generation: 3))
    #expect(without.endings == [.noLongerConfigured] && bench.kernel.isEmpty && bench.keeper.bans.count == 0)
  }

  // MARK: Actions

  @Test func anActionStartsOnceABan() {
    var bench = Self.bench(onBan: true)
    let events = bench.receive(Self.suspect("203.0.113.5"))
    _ = bench.keeper.noteActions(of: events, at: bench.now)
    let calls = bench.calls
    #expect(calls.map(\.source) == [Fixture.ip("203.0.113.5")] && calls.map(\.seconds) == [60])
    #expect(calls.map(\.occasion) == [.ban])
    let again = bench.receive(Self.suspect("203.0.113.5"), Self.suspect("198.51.100.1"))
    _ = bench.keeper.noteActions(of: again, at: bench.now)
    let further = bench.calls
    #expect(further.isEmpty)
  }

  // MARK: Operators

  @Test func operatorsBanAndUnban() throws {
    var bench = Self.bench()
    let events = try bench.ban("192.0.2.0/24", seconds: 900, by: 1000)
    #expect(events.bans.map(\.sourceText) == ["192.0.2.0/24"] && bench.banned == ["inet postern barred4_24 192.0.2.0/24 900 s"])
    // Once more is another time, and the same ban.
    _ = bench.pass(seconds: 10)
    let renewed = try bench.ban("192.0.2.0/24", seconds: 20, by: 0)
    #expect(renewed.bans.first?.since == events.bans.first?.since)
    #expect(bench.banned == ["inet postern barred4_24 192.0.2.0/24 20 s"])
    // A lease does not end what an operator said.
    #expect(bench.receive(Fixture.grant("192.0.2.7")).endings == [])
    let lifted = try bench.unban("192.0.2.9/32")
    #expect(lifted.endings == [.byOperator])
    #expect(bench.banned.isEmpty)
    let nobody = try #require(AddressPrefix("192.0.2.9/32"))
    #expect(throws: OperatorRefusal.noBan(nobody)) { try bench.unban("192.0.2.9/32") }
  }

  /// What the kernel keeps is known, and what stood before a refused ban stands.
  @Test func whatTheKernelRefusesStandsAsItWas() throws {
    var bench = Self.bench()
    let first = try #require(try bench.ban("192.0.2.0/24", seconds: 900, by: 0).bans.first)
    let element = try #require(bench.kernel.keys.first)
    bench.faults[element] = .setForeignOwner
    #expect(try bench.ban("192.0.2.0/24", seconds: 20, by: 0).spared == [.setForeignOwner])
    #expect(bench.keeper.bans.all == [first])
    let events = try bench.unban("192.0.2.0/24")
    #expect(events.endings.isEmpty && events.count == 1)
    #expect(bench.keeper.bans.all == [first] && bench.keeper.knows(element))
    bench.faults = [:]
    #expect(try bench.unban("192.0.2.0/24").endings == [.byOperator])
    #expect(bench.keeper.bans.count == 0)
  }

  @Test func unbanEndsWhatTheKeeperBannedAndForgets() throws {
    var bench = Self.bench()
    _ = bench.receive(Self.suspect("203.0.113.5"))
    let lifted = try bench.unban("203.0.113.0/24")
    #expect(lifted.endings == [.byOperator])
    #expect(bench.receive(Self.suspect("203.0.113.5")).bans.map(\.repeats) == [0])
  }

  @Test(
    arguments: [
      ("192.0.2.0/25", 60, OperatorRefusal.noBanSet(lengths: [32, 24, 16])), ("0.0.0.0/16", 60, .denied(.addressNotAllowed)),
      ("2001:db8::1/128", 60, .noBanSet(lengths: [64, 56, 48])), ("192.0.2.7/32", 0, .tooLong(most: 2_592_000)),
      ("192.0.2.7/32", 2_592_001, .tooLong(most: 2_592_000)),
    ] as [(String, UInt32, OperatorRefusal)])
  func operatorsAreRefused(_ source: String, _ seconds: UInt32, _ refusal: OperatorRefusal) {
    var bench = Self.bench()
    #expect(throws: refusal) { try bench.ban(source, seconds: seconds, by: 0) }
    #expect(bench.kernel.isEmpty)
  }

  @Test func withoutTheTableOperatorsHaveNoSets() {
    var bench = Bench()
    #expect(throws: OperatorRefusal.noDefence) { try bench.ban("192.0.2.7/32", seconds: 60, by: 0) }
    #expect(throws: OperatorRefusal.noDefence) { try bench.unban("192.0.2.7/32") }
  }

  // MARK: Comments

  @Test(arguments: [Ban.Cause.evidence(.ports), .evidence(.refusals), .evidence(.codes), .neighbours, .operator(4_294_967_295)])
  func commentsReadAsTheyAreWritten(_ cause: Ban.Cause) throws {
    let ban = Ban(
      source: Suspect.source(of: Fixture.ip("192.0.2.7")), cause: cause, repeats: 3, since: Timestamp(seconds: 1_800_000_000),
      end: 9)
    let text = BanComment(ban).description
    let read = try #require(BanComment(text))
    #expect(read.cause == cause && read.repeats == 3 && read.since == ban.since)
    #expect(LeaseComment(text) == nil)
    for length in 0..<text.utf8.count { #expect(BanComment(text.prefix(length)) == nil) }
  }

  @Test(arguments: [
    "ban ports 0", "ban  ports 0 2027-01-15T08:00:00.000Z", "ban ports +1 2027-01-15T08:00:00.000Z",
    "ban doors 1 2027-01-15T08:00:00.000Z", "ban ports 1 2027-01-15T08:00:00Z", "ban operator:01 1 2027-01-15T08:00:00.000Z",
    "Ban ports 1 2027-01-15T08:00:00.000Z", "ban ports 1 2027-01-15T08:00:00.000Z x",
  ])
  func otherCommentsAreForeign(_ text: String) { #expect(BanComment(text) == nil) }
}

extension Bench {
  /// What the runner is asked for now.
  var calls: [ActionCall] {
    mutating get {
      keeper.actionRequests(runner: 1, at: now).requests.compactMap { request in
        if case .run(let call, _) = request { call } else { nil }
      }
    }
  }

  /// The elements of ban sets as they stand in the kernel.
  var banned: [String] {
    kernel.compactMap { element, stored in
      let entry = keeper.rules.catalog.sets[element.set]
      return entry.ban == nil
        ? nil : "\(entry.reference) \(element.parts) \((stored.end - now.uptime) / 1_000_000_000) s"
    }.sorted()
  }

  var found: [FoundElement] {
    kernel.map { FoundElement(element: $0, remaining: ($1.end - now.uptime) / 1_000_000, comment: $1.comment) }
  }

  mutating func ban(_ source: String, seconds: UInt32, by user: UInt32) throws -> [AuditEvent] {
    run(try keeper.ban(try #require(AddressPrefix(source)), seconds: seconds, by: user, at: now))
  }

  mutating func unban(_ source: String) throws -> [AuditEvent] { run(try keeper.unban(try #require(AddressPrefix(source))).work) }

  mutating func succeed(_ rules: GrantRules) -> [AuditEvent] {
    let old = keeper.rules.catalog
    let events = run(keeper.closeUnfit(for: rules, at: now))
    keeper = keeper.successor(with: rules)
    let moved = kernel.compactMap { element, stored in
      keeper.rules.catalog.sets.firstIndex { $0.reference == old.sets[element.set].reference }.map { set in
        (DoorElement(set: set, parts: element.parts, target: element.target), stored)
      }
    }
    kernel = Dictionary(uniqueKeysWithValues: moved)
    return events
  }
}

extension [AuditEvent] {
  var bans: [Ban] {
    compactMap { event in
      if case .banned(let ban, _) = event { ban } else { nil }
    }
  }

  var spared: [Denial] {
    compactMap { event in
      if case .banRefused(let refusal) = event { refusal.denial } else { nil }
    }
  }

  var endings: [Ban.Ending] {
    compactMap { event in
      if case .unbanned(_, let ending) = event { ending } else { nil }
    }
  }
}
