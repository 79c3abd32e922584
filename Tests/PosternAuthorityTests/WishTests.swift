// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What knocks come to that ask for services, forwards and commands, and keys that have a deed of their own.
@Suite struct WishTests {
  static let client = IPv4Address(0xc000_0207)

  static func services(_ texts: String...) -> [Service] { texts.compactMap { Service($0) } }

  static var tables: GateTables {
    GateTables(
      gatewayKeys: [], admissions: [], keys: [key(), key(door: 1), key(.close), key(.ban), key(.run(0))],
      users: [
        .init(
          doors: [3, 0, 1, 2], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: true, validity: .always, actions: [1])
      ],
      doors: [
        door(1, services("tcp/22")), door(2, services("tcp/80-90", "udp/53")),
        door(3, services("tcp/2222"), [":22", "10.0.0.5:22"]),
        door(4, services("tcp/22", "tcp/80", "tcp/443")), door(5, services("tcp/25")),
      ],
      actions: ["mail", "backup"].compactMap { Name($0) }.map { .init(name: $0, aliases: ["/sbin/\($0) now"]) },
      keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 1, clockIsTrusted: true)
  }

  private static func key(_ deed: Deed = .asAsked, door: Int? = nil) -> GateTables.ClientKey {
    .init(
      user: 0, credential: .spa(.init(publicKey: .zero, presharedKey: .zero)), validity: .always, fingerprint: 1, door: door,
      deed: deed)
  }

  private static func door(_ id: UInt64, _ services: [Service], _ forwards: [String] = []) -> GateTables.Door {
    .init(
      id: DoorID(id), hasIPv4: true, hasIPv6: true, defaultLease: 30, longestLease: 60, weakest: .authenticated, addresses: .all,
      allowsLinkLocal: false, services: services, forwards: forwards.compactMap { ForwardTarget($0) })
  }

  private func judge(_ wish: Knock.Wish, key: Int = 0, _ tables: GateTables = tables) throws -> Judgement {
    var authority = Authority(
      tables: tables, replay: ReplayMemory([try state(.missing, slots: 64)]), clockIsSynchronised: true, at: start)
    let knock = Knock(
      knockProtocol: .spa, id: Bytes16(high: 7, low: 7), stamp: start, key: KeyIndex(key), action: .open, wish: wish,
      ipv4: .packetSource(port: nil), ipv6: .none)
    return authority.judge(knock, from: PacketSource(address: .v4(Self.client), port: 4000), at: start)
  }

  private func grants(_ wish: Knock.Wish, key: Int = 0) throws -> [Grant] {
    switch try judge(wish, key: key) {
    case .granted(let grants): return grants
    case .refused(let denial, _): throw denial
    }
  }

  @Test(
    arguments: [
      (["tcp/22"], [0]), (["tcp/443"], [3]), (["tcp/85"], [1]), (["tcp/22", "udp/53"], [0, 1]), (["udp/53", "tcp/90"], [1]),
      (["tcp/80", "tcp/22"], [1, 0]),
    ] as [([String], [Int])])
  func theDoorThatOpensLeast(_ texts: [String], _ doors: [Int]) throws {
    let grants = try grants(.services(texts.compactMap { Service($0) }))
    #expect(grants.map(\.door) == doors && grants.allSatisfy { $0.action == .open && $0.lease == 30 })
    #expect(Set(grants.map(\.knock)).count == doors.count)
  }

  /// One service that nobody may have refuses them all.
  @Test(arguments: [["tcp/25"], ["tcp/22", "tcp/25"], ["udp/22"], ["tcp/91"], []])
  func servicesThatNoDoorOfHisServes(_ texts: [String]) throws {
    #expect(throws: Denial.serviceNotServed) { try grants(.services(texts.compactMap { Service($0) })) }
  }

  @Test(arguments: [(":22", true), ("10.0.0.5:22", true), ("10.0.0.6:22", false), ("10.0.0.5:23", false), ("10.0.0.5", false)])
  func forwardsOnlyWhereTheDoorLeads(_ target: String, _ leads: Bool) throws {
    let wish = Knock.Wish.forward(try #require(Service("tcp/2222")), to: try #require(ForwardTarget(target)))
    if leads {
      #expect(try grants(wish).map(\.door) == [2])
    } else {
      #expect(throws: Denial.serviceNotServed) { try grants(wish) }
    }
    let other = Knock.Wish.forward(try #require(Service("tcp/22")), to: try #require(ForwardTarget(target)))
    #expect(throws: Denial.serviceNotServed) { try grants(other) }
  }

  @Test(
    arguments: [
      ("backup", nil), ("/sbin/backup now", nil), ("mail", .actionNotPermitted), ("/sbin/mail now", .actionNotPermitted),
      ("backup ", .unknownAction), ("", .unknownAction), ("rm -rf /", .unknownAction),
    ] as [(String, Denial?)])
  func commandsMeanNamedActions(_ text: String, _ denial: Denial?) throws {
    let wish = Knock.Wish.command(Array(text.utf8))
    if let denial {
      #expect(throws: denial) { try grants(wish) }
      return
    }
    let given = try grants(wish)
    #expect(given.map(\.action) == [.run] && given.map(\.door) == [1] && given[0].ipv4?.address == Self.client)
  }

  @Test func aKeyHasItsOwnDoor() throws {
    #expect(try grants(.door(nil)).map(\.door) == [0])
    #expect(try grants(.door(nil), key: 1).map(\.door) == [1])
    #expect(try grants(.door(DoorID(1)), key: 1).map(\.door) == [0])
  }

  @Test(arguments: [(2, .close, 0), (3, .ban, 0), (4, .run, 0)] as [(Int, Grant.Action, Int)])
  func aKeyWithADeedDoesNothingElse(_ key: Int, _ action: Grant.Action, _ place: Int) throws {
    for wish in [Knock.Wish.door(nil), .services(Self.services("tcp/443")), .command(Array("backup".utf8))] {
      let grants = try grants(wish, key: key)
      #expect(grants.map(\.action) == [action] && grants.map(\.door) == [place])
      #expect(grants[0].lease == (action == .ban ? 30 : 0))
      #expect(grants[0].ipv4?.address == Self.client)
    }
  }

  @Test func aWeakFormOfAStrongProtocolIsWeak() throws {
    var authority = Authority(
      tables: Self.tables, replay: ReplayMemory([try state(.missing, slots: 64)]), clockIsSynchronised: true, at: start)
    let knock = Knock(
      knockProtocol: .spa, id: Bytes16(high: 7, low: 7), stamp: start, key: KeyIndex(0), action: .open, wish: .door(nil),
      ipv4: .packetSource(port: nil), ipv6: .none, strength: .keyed)
    let answer = authority.judge(knock, from: PacketSource(address: .v4(Self.client), port: 4000), at: start)
    #expect(answer == .refused(.protocolTooWeak, recorded: true))
  }

  @Test func aProtocolWithoutARingAcceptsNothing() throws {
    var authority = Authority(tables: Self.tables, replay: ReplayMemory([]), clockIsSynchronised: true, at: start)
    let answer = authority.judge(knock(1), from: PacketSource(address: .v4(Self.client), port: 4000), at: start)
    #expect(answer == .refused(.ringFull, recorded: false))
  }
}
