// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What can be used up, decided where everything else is: by the authority.
@Suite struct OneTimeRulesTests {
  private let home = PacketSource(address: .v4(Scene.home4), port: 40_000)
  private let anchor = Bytes32(high: identity.boot, low: identity.machine)

  /// An authority whose key 0 has these limits, and any rate.
  private func authority(_ limits: KeyLimits) throws -> Authority {
    var scene = Scene()
    scene.slots = 512
    scene.tables.keyBucket = .init(burst: 1000, refill: .seconds(1))
    scene.tables.keys[0].limits = limits
    return try scene.authority()
  }

  private func outcome(_ judgement: Judgement) -> Denial? {
    if case .refused(let denial, _) = judgement { denial } else { nil }
  }

  private func knock(_ id: UInt64, at now: Timestamp = start, totp: UInt32? = nil, _ claim: OneTimeClaim = .none) -> Knock {
    var knock = PosternAuthorityTests.knock(id, now)
    knock.totp = totp
    knock.oneTime = claim
    return knock
  }

  @Test func indicesCountOnce() throws {
    var authority = try authority(KeyLimits(remembers: true))
    let denials = [5, 4, 5, 70, 6, 71].enumerated().map { number, index in
      outcome(authority.judge(knock(UInt64(number), .init(index: index)), from: home, at: start))
    }
    #expect(denials == [nil, nil, .oneTimeUsed, nil, .oneTimeUsed, nil])
  }

  @Test func numbersCountOnceAndInOrder() throws {
    var authority = try authority(KeyLimits(remembers: true))
    let denials = [0, 0, 2, 1, 3].enumerated().map { number, entry in
      outcome(authority.judge(knock(UInt64(number), .init(number: entry)), from: home, at: start))
    }
    #expect(denials == [nil, .oneTimeUsed, nil, .oneTimeUsed, nil])
  }

  @Test func usesAreCountedAndRepeatsAreNot() throws {
    var authority = try authority(KeyLimits(uses: 2))
    var number: UInt64 = 0
    func use(after seconds: Int64) -> Denial? {
      number += 1
      let now = start + .seconds(seconds)
      return outcome(authority.judge(knock(number, at: now), from: home, at: now))
    }
    #expect([use(after: 0), use(after: 1), use(after: 9), use(after: 11), use(after: 22)] == [nil, nil, nil, nil, .usesSpent])
  }

  @Test func aCloseIsNoUse() throws {
    var authority = try authority(KeyLimits(uses: 1))
    #expect(outcome(authority.judge(knock(1), from: home, at: start)) == nil)
    var close = knock(2, at: start + .seconds(20))
    close.action = .close
    #expect(outcome(authority.judge(close, from: home, at: start + .seconds(20))) == nil)
  }

  @Test func aKnockThatPolicyRefusesIsNoUse() throws {
    var authority = try authority(KeyLimits(uses: 1))
    var stray = knock(1)
    stray.wish = .door(DoorID(99))
    #expect(outcome(authority.judge(stray, from: home, at: start)) == .unknownDoor)
    #expect(outcome(authority.judge(knock(2), from: home, at: start)) == nil)
  }

  // MARK: Codes

  private var totp: KeyLimits { KeyLimits(secondFactor: .totp(CodeSecret(secret: .zero))) }

  @Test func codesCountOnce() throws {
    var authority = try authority(totp)
    let answers: [CodeAnswer] = [.step(10), .step(10), .step(9), .step(11), .missing, .notAsked, .used]
    let denials = answers.enumerated().map { outcome(authority.judge(knock(UInt64($0)), from: home, at: start, answer: $1)) }
    #expect(
      denials == [
        nil, .secondFactorUsed, .secondFactorUsed, nil, .secondFactorMissing, .secondFactorMissing, .secondFactorUsed,
      ])
    #expect(authority.state(of: KeyIndex(0))?.failures == CodeFailures())
  }

  /// Clients send one wish at 0, 250, 750 and 1750 ms, all with one code: whichever comes first spends it, and the others are no use.
  @Test func repeatsOfAWishSpendOneCode() throws {
    var authority = try authority(totp)
    var number: UInt64 = 0
    func judge(_ code: UInt32, _ answer: CodeAnswer, after milliseconds: Int64, _ change: (inout Knock) -> Void = { _ in })
      -> Denial?
    {
      number += 1
      let now = start + .milliseconds(milliseconds)
      var knock = knock(number, at: now, totp: code)
      change(&knock)
      return outcome(authority.judge(knock, from: home, at: now, answer: answer))
    }
    #expect([0, 250, 750, 1750].map { judge(123, .step(10), after: $0) } == [nil, nil, nil, nil])
    #expect(authority.state(of: KeyIndex(0))?.failures == CodeFailures())
    #expect(judge(123, .step(10), after: 9999) == nil)
    #expect(judge(124, .step(10), after: 9999) == .secondFactorUsed, "another code of that step, of whatever hash")
    #expect(judge(123, .step(10), after: 9999, { $0.action = .close }) == .secondFactorUsed, "another wish")
    let elsewhere = IPv4Address("198.51.100.9").map { AddressClaim.named($0, port: nil) } ?? .none
    #expect(judge(123, .step(10), after: 9999, { $0.ipv4 = elsewhere }) == .secondFactorUsed, "for another address")
    #expect(judge(123, .step(10), after: 10_000) == .secondFactorUsed, "not for ever")
    #expect(judge(125, .step(11), after: 10_000) == nil)
    #expect(judge(125, .step(11), after: 10_250) == nil)
    #expect(judge(123, .step(10), after: 10_250) == .secondFactorUsed, "an older code")
  }

  /// What takes the packet's source is sent over both families: one address each is one wish.
  @Test func aWishOverBothFamiliesSpendsOneCode() throws {
    var authority = try authority(KeyLimits(uses: 1, secondFactor: .totp(CodeSecret(secret: .zero))))
    let home6 = try #require(IPv6Address("2001:db8::7"))
    let other6 = try #require(IPv6Address("2001:db8::8"))
    func judge(_ number: UInt64, _ v4: IPv4Address?, _ v6: IPv6Address?) -> Denial? {
      var knock = knock(number, totp: 5)
      knock.ipv4 = v4.map { .named($0, port: nil) } ?? .none
      knock.ipv6 = v6.map { .named($0, port: nil) } ?? .none
      return outcome(authority.judge(knock, from: home, at: start, answer: .step(7)))
    }
    #expect(judge(1, Scene.home4, nil) == nil)
    #expect(judge(2, nil, home6) == nil)
    #expect(judge(3, Scene.home4, home6) == nil)
    #expect(judge(4, nil, other6) == .secondFactorUsed)
    #expect(authority.state(of: KeyIndex(0))?.uses == 1)
  }

  private func running(_ limits: KeyLimits) throws -> Authority {
    var scene = Scene()
    scene.tables.keyBucket = .init(burst: 1000, refill: .seconds(1))
    scene.tables.keys[0].limits = limits
    scene.tables.keys[0].deed = .run(0)
    scene.tables.actions = [.init(name: try #require(Name("backup")))]
    scene.tables.users[0].actions = [0]
    return try scene.authority()
  }

  /// An open door that is opened again stays what it is; a program that is started again runs twice.
  @Test func aProgramStartsOncePerCode() throws {
    var authority = try running(totp)
    let denials = (1...2).map { outcome(authority.judge(knock($0, totp: 5), from: home, at: start, answer: .step(7))) }
    #expect(denials == [nil, .alreadyStarted])
  }

  /// A client repeats its wish until it is connected, which here it never is.
  @Test(arguments: [KeyLimits(), KeyLimits(uses: 2)]) func aProgramStartsOncePerWish(_ limits: KeyLimits) throws {
    var authority = try running(limits)
    func judge(_ number: UInt64, after milliseconds: Int64, _ knockProtocol: KnockProtocol = .spa) -> Denial? {
      let now = start + .milliseconds(milliseconds)
      var knock = knock(number, at: now)
      knock.knockProtocol = knockProtocol
      return outcome(authority.judge(knock, from: home, at: now))
    }
    let moments: [Int64] = [0, 250, 750, 1750, 10_000]
    let denials = moments.enumerated().map { judge(UInt64($0), after: $1) }
    #expect(denials == [nil, .alreadyStarted, .alreadyStarted, .alreadyStarted, nil])
    if let uses = limits.uses { #expect(authority.state(of: KeyIndex(0))?.uses == uses) }
  }

  /// Other clients say what they mean.
  @Test func sequencesStartEachTime() throws {
    var authority = try running(KeyLimits())
    let denials = (UInt64(1)...2).map { number in
      var knock = knock(number)
      knock.knockProtocol = .knockd
      return outcome(authority.judge(knock, from: home, at: start))
    }
    #expect(denials == [nil, nil])
  }

  /// Whoever saw a knock that has no stamp can send it again: there a code counts once, whatever is asked for.
  @Test func whereKnocksCanBeRepeatedACodeCountsOnce() throws {
    var scene = Scene()
    scene.tables.keys[0].limits = totp
    for door in scene.tables.doors.indices { scene.tables.doors[door].weakest = .plain }
    var authority = try scene.authority()
    func judge(_ number: UInt64) -> Denial? {
      var knock = knock(number, totp: 5)
      knock.knockProtocol = .pasmal
      return outcome(authority.judge(knock, from: home, at: start, answer: .step(7)))
    }
    #expect([judge(1), judge(2)] == [nil, .secondFactorUsed])
  }

  @Test func countersCountOnce() throws {
    var authority = try authority(KeyLimits(secondFactor: .hotp(CodeSecret(secret: .zero), from: 0)))
    let answers: [CodeAnswer] = [.counter(0), .counter(0), .counter(4), .counter(3), .counter(.max)]
    let denials = answers.enumerated().map { outcome(authority.judge(knock(UInt64($0)), from: home, at: start, answer: $1)) }
    #expect(denials == [nil, .secondFactorUsed, nil, .secondFactorUsed, .secondFactorUsed])
  }

  @Test func aLinkMovesTheChain() throws {
    var authority = try authority(KeyLimits(secondFactor: .chain(anchor: anchor)))
    let password = Bytes32(high: identity.machine, low: .zero)
    #expect(outcome(authority.judge(knock(1), from: home, at: start, answer: .link(password, anchor: anchor))) == nil)
    #expect(authority.state(of: KeyIndex(0))?.chain.value(from: anchor) == password)
  }

  @Test func fiveWrongCodesSwitchThemOff() throws {
    var authority = try authority(totp)
    func wrong(_ code: UInt32, after seconds: Int64 = 0) -> Denial? {
      let now = start + .seconds(seconds)
      return outcome(
        authority.judge(knock(UInt64(code), at: now, totp: code), from: home, at: now, answer: .wrong))
    }
    #expect((1...4).map { wrong($0) } == Array(repeating: .secondFactorWrong, count: 4))
    #expect(wrong(5) == .secondFactorExhausted)
    #expect(wrong(6) == .secondFactorClosed)
    let later = start + .seconds(899)
    #expect(
      outcome(authority.judge(knock(90, at: later), from: home, at: later, answer: .step(1))) == .secondFactorClosed,
      "a right code, too")
    let open = start + .seconds(900)
    #expect(outcome(authority.judge(knock(91, at: open), from: home, at: open, answer: .step(1))) == nil)
  }

  /// A client repeats one wish, and with it a mistyped code, four times.
  @Test func aRepeatedWrongCodeIsOneGuess() throws {
    var authority = try authority(totp)
    var number: UInt64 = 0
    func wrong(_ code: UInt32, after seconds: Int64) -> Denial? {
      number += 1
      let now = start + .seconds(seconds)
      return outcome(authority.judge(knock(number, at: now, totp: code), from: home, at: now, answer: .wrong))
    }
    for _ in 0..<20 { #expect(wrong(7, after: 0) == .secondFactorWrong) }
    #expect(
      [wrong(7, after: 59), wrong(7, after: 60), wrong(8, after: 60), wrong(7, after: 60)].allSatisfy { $0 == .secondFactorWrong }
    )
    #expect(wrong(9, after: 61) == .secondFactorExhausted)
  }

  @Test func aLostStateRefusesTheKey() throws {
    var scene = Scene()
    scene.tables.keys[0].limits = totp
    let states = KeyStates(
      .damaged, layout: KeyStateLayout(keys: 1), machine: identity.machine, history: .known,
      tracking: scene.tables.trackedKeys)
    var authority = Authority(
      tables: scene.tables, replay: ReplayMemory([try state(.missing, slots: 8)]), states: states, clockIsSynchronised: true,
      at: start)
    guard case .refused(.keyStateLost, recorded: false) = authority.judge(knock(1), from: home, at: start, answer: .step(1))
    else {
      Issue.record("not refused")
      return
    }
    #expect(outcome(authority.judge(PosternAuthorityTests.knock(2, key: 4), from: home, at: start)) == nil, "another key")
  }

  // MARK: Hours

  /// `start` is a Friday, 08:00:00 UTC.
  private func hours(_ span: Range<UInt16>) throws -> WeekHours { try #require(WeekHours(spans: [span], zone: .utc)) }
  private let friday8: UInt16 = 4 * 1440 + 8 * 60

  @Test(arguments: [0, 1, 2]) func hoursOfKeyUserAndDoor(_ whose: Int) throws {
    var scene = Scene()
    scene.tables.calendars = [try hours(friday8..<friday8 + 1), try hours(friday8 + 1..<friday8 + 60)]
    func judge(_ calendar: Int, _ action: Knock.Action = .open) throws -> Judgement {
      switch whose {
      case 0: scene.tables.keys[0].hours = calendar
      case 1: scene.tables.users[0].hours = calendar
      default: scene.tables.doors[0].hours = calendar
      }
      var authority = try scene.authority()
      var knock = knock(1)
      knock.action = action
      return authority.judge(knock, from: home, at: start)
    }
    guard case .granted(let grants) = try judge(0) else {
      Issue.record("not granted")
      return
    }
    #expect(grants.map(\.lease) == [60], "no longer than the hours last")
    #expect(outcome(try judge(1)) == .outsideHours)
    #expect(outcome(try judge(9)) == .outsideHours, "hours that the tables do not hold")
    #expect(outcome(try judge(1, .close)) == nil, "a close is welcome at any hour")
  }
}
