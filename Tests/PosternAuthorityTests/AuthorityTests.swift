// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What one case changes of an ordinary knock that is granted, and what it comes to.
struct JudgementCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let change: @Sendable (inout Scene) -> Void
  let denial: Denial?
  let recorded: Bool

  init(_ name: String, _ denial: Denial?, recorded: Bool = true, _ change: @escaping @Sendable (inout Scene) -> Void) {
    testDescription = name
    self.denial = denial
    self.recorded = recorded
    self.change = change
  }
}

/// An authority with a ring, a knock and where its packet came from.
struct Scene {
  var now = start
  var isSynchronised = true
  var latest = start - .seconds(1)
  var slots = 16
  var earlier: [Knock] = []
  var knock: Knock = PosternAuthorityTests.knock(1)
  var source = PacketSource(address: .v4(home4), port: 40_000)
  var tables = Self.tables

  static let home4 = IPv4Address(0xc000_0207)
  static let home6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 7)

  static var tables: GateTables {
    let ended = Validity(notAfter: start)
    let user = { (doors: [Int], byDefault: Int?, source: Bool, validity: Validity) in
      GateTables.User(doors: doors, defaultDoor: byDefault, longestLease: 200, mayUsePacketSource: source, validity: validity)
    }
    let key = { (user: Int, number: UInt64, validity: Validity) in
      let half = Bytes16(high: number, low: 0)
      return GateTables.ClientKey(
        user: user, publicKey: Bytes32(high: half, low: half), presharedKey: .zero, validity: validity)
    }
    return GateTables(
      gatewayKeys: [], admissions: [],
      keys: [
        key(0, 0xa1, .always), key(1, 0xb1, .always), key(2, 0xc1, .always), key(0, 0xa2, ended),
        key(0, 0xa3, Validity(notAfter: start + .milliseconds(5_900))),
        key(0, 0xa4, Validity(notAfter: start + .milliseconds(999))),
      ],
      users: [user([0, 1, 2, 4, 5], 0, true, .always), user([0], nil, false, .always), user([0], 0, true, ended)],
      doors: [
        door(1), door(2, hasIPv6: false), door(3, addresses: .named), door(4), door(5, allowsLinkLocal: true),
        door(6, longestLease: 300),
      ],
      keyBucket: .init(burst: 3, refill: .seconds(5)), curveBudget: 1, clockIsTrusted: false)
  }

  private static func door(
    _ id: UInt64, hasIPv6: Bool = true, addresses: AddressModes = .all, allowsLinkLocal: Bool = false, longestLease: UInt32 = 100
  ) -> GateTables.Door {
    GateTables.Door(
      id: DoorID(id), hasIPv4: true, hasIPv6: hasIPv6, defaultLease: 60, longestLease: longestLease, weakest: .authenticated,
      addresses: addresses, allowsLinkLocal: allowsLinkLocal)
  }

  func authority() throws -> Authority {
    let header = RingHeader(
      slotCount: slots, sequence: 1, latest: latest, identity: identity, owesFence: false,
      kind: .spa, floor: start - .seconds(50), head: 1)
    let image = RingImage(header: header, slots: Array(repeating: .empty, count: slots))
    var authority = Authority(
      tables: tables, replay: ReplayMemory([try state(.ring(image), slots: slots)]), clockIsSynchronised: isSynchronised, at: now)
    for knock in earlier { _ = authority.judge(knock, from: source, at: now) }
    return authority
  }
}

@Suite struct AuthorityTests {
  static let cases: [JudgementCase] = [
    JudgementCase("ordinary", nil) { _ in },
    JudgementCase("unsynchronised", .clockClosed, recorded: false) { $0.isSynchronised = false },
    JudgementCase("unsynchronised but trusted", nil) {
      $0.isSynchronised = false
      $0.tables.clockIsTrusted = true
    },
    JudgementCase("clock 14 s back", nil) { $0.latest = start + .seconds(14) },
    JudgementCase("clock 16 s back", .clockClosed, recorded: false) { $0.latest = start + .seconds(16) },
    JudgementCase("before the release", .clockClosed, recorded: false) {
      $0.latest = .zero
      $0.now = ReleaseTime.moment - .seconds(1)
    },
    JudgementCase("stale", .stale, recorded: false) { $0.knock.stamp = start - .seconds(61) },
    JudgementCase("future", .future, recorded: false) { $0.knock.stamp = start + .seconds(16) },
    JudgementCase("at the floor", .belowFloor, recorded: false) { $0.knock.stamp = start - .seconds(50) },
    JudgementCase("above the floor", nil) { $0.knock.stamp = start - .seconds(49) },
    JudgementCase("seen", .replay, recorded: false) { $0.earlier = [knock(1)] },
    JudgementCase("over the key's rate", .rateLimited, recorded: false) { $0.earlier = (2...4).map { knock($0) } },
    JudgementCase("another key's rate", nil) { $0.earlier = (2...4).map { knock($0, key: 1) } },
    JudgementCase("no slot", .ringFull, recorded: false) {
      $0.slots = 1
      $0.earlier = [knock(2)]
    },
    JudgementCase("key not in the tables", .keyNotValid, recorded: false) { $0.knock.key = KeyIndex(99) },
    JudgementCase("key ended", .keyNotValid) { $0.knock.key = KeyIndex(3) },
    JudgementCase("user disabled", .userDisabled) { $0.tables.users[0].isDisabled = true },
    JudgementCase("user ended", .keyNotValid) { $0.knock.key = KeyIndex(2) },
    JudgementCase("key of no user", .keyNotValid) { $0.tables.keys[0].user = 9 },
    JudgementCase("no such door", .unknownDoor) { $0.knock.wish = .door(DoorID(99)) },
    JudgementCase("no default door", .unknownDoor) { $0.knock.key = KeyIndex(1) },
    JudgementCase("another's door", .doorNotPermitted) { $0.knock.wish = .door(DoorID(4)) },
    JudgementCase("default door without leave", .doorNotPermitted) { $0.tables.users[0].defaultDoor = 3 },
    JudgementCase("mode 2 without the user's leave", .addressModeNotPermitted) {
      $0.knock.key = KeyIndex(1)
      $0.knock.wish = .door(DoorID(1))
      $0.knock.ipv4 = .packetSource(port: nil)
    },
    JudgementCase("mode 2 without the door's leave", .addressModeNotPermitted) {
      $0.knock.wish = .door(DoorID(3))
      $0.knock.ipv4 = .packetSource(port: nil)
    },
    JudgementCase("mode 3 without the door's leave", .addressModeNotPermitted) {
      $0.knock.wish = .door(DoorID(3))
      $0.knock.ipv4 = .bothAgree(Scene.home4, port: nil)
    },
    JudgementCase("mode 1 at a door that wants agreement", .addressModeNotPermitted) { $0.tables.doors[0].addresses = .agreed },
    JudgementCase("mode 3 at a door that wants agreement", nil) {
      $0.tables.doors[0].addresses = .agreed
      $0.knock.ipv4 = .bothAgree(Scene.home4, port: nil)
    },
    JudgementCase("mode 1 needs no leave", nil) { $0.knock.wish = .door(DoorID(3)) },
    JudgementCase("mode 3 agrees", nil) { $0.knock.ipv4 = .bothAgree(Scene.home4, port: nil) },
    JudgementCase("mode 3 differs", .sourceMismatch) { $0.knock.ipv4 = .bothAgree(IPv4Address(0xc000_0208), port: nil) },
    JudgementCase("mode 3 over the other family", .sourceMismatch) { $0.knock.ipv6 = .bothAgree(Scene.home6, port: nil) },
    JudgementCase("mode 2 over the other family alone", .noFamilyLeft) {
      $0.knock.ipv4 = .none
      $0.knock.ipv6 = .packetSource(port: nil)
    },
    JudgementCase("a close may not lose its families", .noFamilyLeft) {
      $0.knock.action = .close
      $0.knock.ipv4 = .none
      $0.knock.ipv6 = .packetSource(port: nil)
    },
    JudgementCase("open of nothing", .noFamilyLeft) { $0.knock.ipv4 = .none },
    JudgementCase("door has no such set", .noFamilyLeft) {
      $0.knock.wish = .door(DoorID(2))
      $0.knock.ipv4 = .none
      $0.knock.ipv6 = .named(Scene.home6, port: nil)
    },
    JudgementCase("mode 2 after 10 s", nil) {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.knock.stamp = start - .seconds(10)
    },
    JudgementCase("mode 2 after 11 s", .packetSourceTooOld) {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.knock.stamp = start - .seconds(11)
    },
    JudgementCase("mode 2 in the skipped family after 11 s", .packetSourceTooOld) {
      $0.knock.ipv6 = .packetSource(port: nil)
      $0.knock.stamp = start - .seconds(11)
    },
    JudgementCase("mode 2 of 11 s ahead", .packetSourceTooOld) {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.knock.stamp = start + .seconds(11)
    },
    JudgementCase("multicast", .addressNotAllowed) { $0.knock.ipv4 = .named(IPv4Address(0xe000_0001), port: nil) },
    JudgementCase("IPv6 loopback", .addressNotAllowed) { $0.knock.ipv6 = .named(IPv6Address(high: 0, low: 1), port: nil) },
    JudgementCase("forged loopback source", .addressNotAllowed) {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.source = PacketSource(address: .v4(IPv4Address(0x7f00_0001)), port: 1)
    },
    JudgementCase("close of a multicast address", .addressNotAllowed) {
      $0.knock.action = .close
      $0.knock.ipv4 = .named(IPv4Address(0xe000_0001), port: nil)
    },
    JudgementCase("link-local", .addressNotAllowed) { $0.knock.ipv4 = .named(IPv4Address(0xa9fe_0001), port: nil) },
    JudgementCase("link-local where the door says so", nil) {
      $0.knock.wish = .door(DoorID(5))
      $0.knock.ipv4 = .named(IPv4Address(0xa9fe_0001), port: nil)
    },
    JudgementCase("less than a second left", .keyNotValid) { $0.knock.key = KeyIndex(5) },
    JudgementCase("a door of no lease", .keyNotValid) { $0.tables.doors[0].longestLease = 0 },
    JudgementCase("TOTP that nobody asked for", nil) { $0.knock.totp = 123_456 },

    // The order of the checks.
    JudgementCase("clock before freshness", .clockClosed, recorded: false) {
      $0.isSynchronised = false
      $0.knock.stamp = .zero
    },
    JudgementCase("freshness before replay", .stale, recorded: false) { $0.knock.stamp = start - .seconds(61) },
    JudgementCase("floor before seen", .belowFloor, recorded: false) {
      $0.earlier = [knock(1)]
      $0.knock.stamp = start - .seconds(50)
    },
    JudgementCase("replay before the bucket", .replay, recorded: false) { $0.earlier = (1...3).map { knock($0) } },
    JudgementCase("bucket before the record", .rateLimited, recorded: false) {
      $0.slots = 3
      $0.earlier = (2...4).map { knock($0) }
    },
    JudgementCase("record before validity", .ringFull, recorded: false) {
      $0.slots = 1
      $0.earlier = [knock(2)]
      $0.knock.key = KeyIndex(3)
    },
    JudgementCase("replay before a forbidden door", .replay, recorded: false) {
      $0.earlier = [knock(1)]
      $0.knock.wish = .door(DoorID(4))
    },
    JudgementCase("validity before the door", .keyNotValid) {
      $0.knock.key = KeyIndex(3)
      $0.knock.wish = .door(DoorID(99))
    },
    JudgementCase("door before modes", .doorNotPermitted) {
      $0.knock.wish = .door(DoorID(4))
      $0.knock.ipv4 = .bothAgree(.zero, port: nil)
    },
    JudgementCase("leave before agreement", .addressModeNotPermitted) {
      $0.knock.wish = .door(DoorID(3))
      $0.knock.ipv4 = .bothAgree(.zero, port: nil)
    },
    JudgementCase("modes before the 10 s", .noFamilyLeft) {
      $0.knock.ipv4 = .none
      $0.knock.ipv6 = .packetSource(port: nil)
      $0.knock.stamp = start - .seconds(11)
    },
    JudgementCase("10 s before the class", .packetSourceTooOld) {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.source = PacketSource(address: .v4(.zero), port: 1)
      $0.knock.stamp = start - .seconds(11)
    },
    JudgementCase("class before the lease", .addressNotAllowed) {
      $0.knock.key = KeyIndex(5)
      $0.knock.ipv4 = .named(.zero, port: nil)
    },
  ]

  @Test(arguments: cases) func judgement(_ each: JudgementCase) throws {
    var scene = Scene()
    each.change(&scene)
    var authority = try scene.authority()
    let before = authority.unwritten()
    let answer = authority.judge(scene.knock, from: scene.source, at: scene.now)
    guard let denial = each.denial else {
      guard case .granted = answer else {
        Issue.record("\(answer)")
        return
      }
      #expect(authority.judge(scene.knock, from: scene.source, at: scene.now) == .refused(.replay, recorded: false))
      return
    }
    #expect(answer == .refused(denial, recorded: each.recorded))
    #expect((authority.unwritten() == before) == !each.recorded)
    guard each.recorded else { return }
    // Spent: even a knock that policy would now take is refused.
    #expect(authority.judge(scene.knock, from: scene.source, at: scene.now) == .refused(.replay, recorded: false))
  }

  private func grant(_ change: (inout Scene) -> Void) throws -> Grant {
    var scene = Scene()
    change(&scene)
    var authority = try scene.authority()
    let answer = authority.judge(scene.knock, from: scene.source, at: scene.now)
    guard case .granted(let grants) = answer else { throw try #require(answer.denial) }
    try #require(grants.count == 1)
    return grants[0]
  }

  @Test func ordinaryGrant() throws {
    let expected = Grant(
      action: .open, key: KeyIndex(0), door: 0, ipv4: .init(Scene.home4), ipv6: nil, lease: 60, knock: knock(1).id, notes: [])
    #expect(try grant { _ in } == expected)
  }

  @Test(
    arguments: [
      ("default", 0, 0, 0, 60, []), ("wish", 0, 30, 0, 30, []), ("longest", 0, 100, 0, 100, []),
      ("door's limit", 0, 101, 0, 100, .leaseCut),
      ("user's limit", 0, .max, 6, 200, .leaseCut), ("key's end", 4, 30, 0, 5, .leaseCut),
      ("default over the key's end", 4, 0, 0, 5, .leaseCut),
      ("wish within the key's end", 4, 5, 0, 5, []),
    ] as [(String, Int, UInt32, UInt64, UInt32, Grant.Notes)])
  func lease(_ name: String, _ key: Int, _ wish: UInt32, _ door: UInt64, _ lease: UInt32, _ notes: Grant.Notes) throws {
    let grant = try grant {
      $0.knock.key = KeyIndex(key)
      $0.knock.wishedLease = wish
      $0.knock.wish = .door(door == 0 ? nil : DoorID(door))
    }
    #expect(grant.lease == lease)
    #expect(grant.notes == notes)
  }

  @Test func userEndCutsTheLease() throws {
    let grant = try grant { $0.tables.users[0].validity = Validity(notAfter: start + .seconds(9)) }
    #expect(grant.lease == 9)
    #expect(grant.notes == .leaseCut)
  }

  @Test func packetSourceOfEachFamily() throws {
    let four = try grant {
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.knock.ipv6 = .packetSource(port: nil)
    }
    #expect(four.ipv4 == .init(Scene.home4) && four.ipv6 == nil)
    #expect(four.notes == [.packetSource, .familySkipped])
    let six = try grant {
      $0.source = PacketSource(address: .v6(Scene.home6), port: 1)
      $0.knock.ipv4 = .packetSource(port: nil)
      $0.knock.ipv6 = .packetSource(port: nil)
    }
    #expect(six.ipv4 == nil && six.ipv6 == .init(Scene.home6))
    #expect(six.notes == [.packetSource, .familySkipped])
  }

  @Test func namedFamilyStandsBesideASkippedOne() throws {
    let grant = try grant { $0.knock.ipv6 = .packetSource(port: nil) }
    #expect(grant.ipv4 == .init(Scene.home4) && grant.ipv6 == nil)
    #expect(grant.notes == .familySkipped)
  }

  @Test func familyWithoutASetFallsAway() throws {
    let grant = try grant {
      $0.knock.wish = .door(DoorID(2))
      $0.knock.ipv6 = .named(Scene.home6, port: nil)
    }
    #expect(grant.ipv4 == .init(Scene.home4) && grant.ipv6 == nil)
    #expect(grant.notes == .familyNotServed)
  }

  @Test(arguments: [0, 1, 2]) func sourcePortsGoOnToTheKeeper(_ mode: Int) throws {
    let port = Port(4_000)
    let grant = try grant {
      switch mode {
      case 0: $0.knock.ipv4 = .named(Scene.home4, port: port)
      case 1: $0.knock.ipv4 = .bothAgree(Scene.home4, port: port)
      default: $0.knock.ipv6 = .named(Scene.home6, port: port)
      }
    }
    #expect(grant.ipv4 == .init(Scene.home4, port: mode == 2 ? nil : port))
    #expect(grant.ipv6?.port == (mode == 2 ? port : nil))
    #expect(grant.notes == [])
  }

  @Test func closeOfOneAddressIgnoresTheWish() throws {
    let grant = try grant {
      $0.knock.action = .close
      $0.knock.wishedLease = .max
      $0.knock.key = KeyIndex(5)
    }
    #expect(grant.action == .close && grant.ipv4 == .init(Scene.home4))
    #expect(grant.lease == 0 && grant.notes.isEmpty)
  }

  @Test func closeOfEverything() throws {
    let grant = try grant {
      $0.knock.action = .close
      $0.knock.ipv4 = .none
    }
    #expect(grant.action == .close && grant.ipv4 == nil && grant.ipv6 == nil)
  }

  @Test func failedWriteTurnsGrantsOnly() throws {
    let grant = try grant { _ in }
    #expect(Judgement.granted([grant]).withoutRecord == .refused(.stateUnwritable, recorded: true))
    let refusal = Judgement.refused(.rateLimited, recorded: false)
    #expect(refusal.withoutRecord == refusal)
  }

  @Test func recordCarriesTheKeysFingerprint() throws {
    let scene = Scene()
    var authority = try scene.authority()
    _ = authority.judge(scene.knock, from: scene.source, at: scene.now)
    let run = try #require(authority.unwritten().last?.batch.runs.last)
    #expect(Array(run.bytes[24..<32]) == [0, 0, 0, 0, 0, 0, 0, 0xa1])
  }

  @Test func markWrittenEmptiesTheBatch() throws {
    let scene = Scene()
    var authority = try scene.authority()
    _ = authority.judge(scene.knock, from: scene.source, at: scene.now)
    for batch in authority.unwritten() { authority.markWritten(batch) }
    #expect(authority.unwritten().isEmpty)
  }

  /// A gate that starts before the time is known owes the fence until it is.
  @Test func fenceWaitsForTheClock() throws {
    let replay = try state(.missing, slots: 4, history: .known)
    var authority = Authority(
      tables: Scene.tables, replay: ReplayMemory([replay]), clockIsSynchronised: false, at: start - .seconds(9_000))
    #expect(authority.spa.owesFence)
    let source = Scene().source
    #expect(authority.judge(knock(1), from: source, at: start) == .refused(.clockClosed, recorded: false))
    authority.observeClock(isSynchronised: true, at: start)
    #expect(!authority.spa.owesFence)
    #expect(authority.judge(knock(1), from: source, at: start) == .refused(.belowFloor, recorded: false))
    let later = start + .seconds(16)
    guard case .granted = authority.judge(knock(1, later), from: source, at: later) else {
      Issue.record("still closed")
      return
    }
  }
}

extension Judgement {
  fileprivate var denial: Denial? {
    switch self {
    case .refused(let denial, _): denial
    case .granted: nil
    }
  }
}

extension Authority {
  var spa: ReplayState {
    guard let state = replay[.spa] else { preconditionFailure("the scenes are of spa") }
    return state
  }
}
