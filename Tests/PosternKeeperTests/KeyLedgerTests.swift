// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct KeyLedgerTests {
  private static let start = Timestamp(seconds: 1_800_000_000)

  /// Two gateway keys, of which the first ends, and two admission secrets.
  private static func tables() -> KeeperTables {
    var tables = Fixture.tables()
    for index in tables.keys.indices { tables.keys[index].fingerprint = UInt64(index + 1) }
    tables.gatewayKeys = [
      .init(file: "old.key", fingerprint: 0x0102_0304_0506_0708, validity: Validity(notAfter: start + .seconds(86_400))),
      .init(file: "new.key", fingerprint: 0xb, validity: .always),
    ]
    tables.admissions = [
      .init(file: "new", fingerprint: 0xc, validity: .always),
      .init(file: "old", fingerprint: 0xd, validity: Validity(notAfter: start + .seconds(86_400))),
    ]
    return tables
  }

  private static func grant(_ gatewayKey: UInt8, _ admission: UInt8, key: Int = 0, id: UInt64 = 1, generation: UInt32 = 1)
    -> KeeperFrame
  {
    var frame = Fixture.grant(key: key, id: id, generation: generation)
    if case .grant(var grant) = frame.body {
      grant.addressee = Addressee(gatewayKey: gatewayKey, admission: admission)
      frame.body = .grant(grant)
    }
    return frame
  }

  private static func lines(_ bench: Bench) -> [String] {
    String(decoding: Report.keys(bench.keeper, at: bench.now), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func reportsWhoStillHasTheOldKey() {
    var bench = Bench(Self.tables())
    #expect(Self.lines(bench).allSatisfy { $0.contains(#""gateway-key":"unknown""#) && !$0.contains("last-knock") })
    _ = bench.receive(Self.grant(0, 1), Self.grant(1, 0, key: 2, id: 2))
    let lines = Self.lines(bench)
    #expect(
      lines == [
        #"{"user":"alice","key":"laptop","state":"valid","last-knock":"2027-01-15T08:00:00.000Z","gateway-key":"old","gateway-key-label":"AQIDBAUG","admission":"old"}"#,
        #"{"user":"alice","key":"phone","state":"valid","gateway-key":"unknown"}"#,
        #"{"user":"bob","key":"desk","state":"valid","last-knock":"2027-01-15T08:00:00.000Z","gateway-key":"current","gateway-key-label":"AAAAAAAA","admission":"current"}"#,
      ])
    _ = bench.pass(seconds: 86_400)
    #expect(Self.lines(bench)[0].contains(#""gateway-key":"ended""#))
    _ = bench.receive(Self.grant(1, 0, id: 3))
    #expect(Self.lines(bench)[0].contains(#""gateway-key":"current""#))
  }

  /// A frame that speaks of other tables, or of keys that there are not, says nothing about anybody.
  @Test(arguments: [grant(0, 0, generation: 2), grant(2, 0), grant(0, 0, key: 3)])
  func strangeFramesAreNoNews(_ frame: KeeperFrame) {
    var bench = Bench(Self.tables())
    _ = bench.receive(frame)
    #expect(!bench.keeper.ledger.isChanged && bench.keeper.ledger == KeyLedger())
  }

  @Test func newsAreWhatChanged() {
    var bench = Bench(Self.tables())
    _ = bench.receive(Self.grant(0, 0))
    #expect(bench.keeper.ledger.hasNews)
    bench.keeper.markLedgerWritten()
    _ = bench.receive(Self.grant(0, 0, id: 2))
    #expect(!bench.keeper.ledger.hasNews && bench.keeper.ledger.isChanged)
    _ = bench.receive(Self.grant(1, 0, id: 3))
    #expect(bench.keeper.ledger.hasNews)
  }

  @Test func survivesItsEncodingAndForgetsWhoIsGone() throws {
    var bench = Bench(Self.tables())
    _ = bench.receive(Self.grant(0, 1), Self.grant(1, 0, key: 2, id: 2))
    let bytes = bench.keeper.ledger.encoded()
    let ledger = try #require(KeyLedger(decoding: bytes))
    #expect(ledger.encoded() == bytes && ledger.use(of: 1) == bench.keeper.ledger.use(of: 1) && !ledger.isChanged)
    #expect(ledger.use(of: 1)?.gatewayKey == 0x0102_0304_0506_0708 && ledger.use(of: 2) == nil)
    var fewer = Self.tables()
    fewer.keys.removeLast()
    let keeper = Keeper(tables: fewer, generation: 2, ledger: ledger)
    #expect(keeper.ledger.use(of: 3) == nil && keeper.ledger.use(of: 1) != nil)
  }

  @Test func nothingElseDecodes() {
    var ledger = KeyLedger()
    for key in 1...3 as ClosedRange<UInt64> { ledger.note(KeyUse(lastKnock: Self.start, gatewayKey: key, admission: 0), of: key) }
    let bytes = ledger.encoded()
    for length in 0..<bytes.count { #expect(KeyLedger(decoding: Array(bytes[..<length])) == nil, "\(length)") }
    #expect(KeyLedger(decoding: bytes + bytes) == nil && KeyLedger(decoding: bytes + [10]) == nil)
    let text = String(decoding: bytes, as: UTF8.self)
    for (old, new) in [
      ("keys 1", "keys 2"), (" 3\n", " 4\n"), ("0000000000000002", "0000000000000001"), (" 0000", "  000"), ("b", "B"),
    ] {
      guard text.contains(old) else { continue }
      #expect(KeyLedger(decoding: Array(text.replacing(old, with: new).utf8)) == nil, "\(old)")
    }
    #expect(KeyLedger(decoding: KeyLedger().encoded()) == KeyLedger())
  }

  @Test func warnings() {
    let now = Self.start
    func secrets(_ ends: [Timestamp?]) -> GatewaySecrets {
      var tables = Fixture.tables()
      tables.gatewayKeys = ends.enumerated().map {
        .init(file: "\($0).key", fingerprint: UInt64($0), validity: Validity(notAfter: $1))
      }
      return .keys(tables)
    }
    let fortnight = now + .seconds(14 * 86_400)
    #expect(secrets([nil, fortnight]).warnings(at: now) == [])
    #expect(
      secrets([nil, fortnight - .seconds(1), now]).warnings(at: now) == [
        "gateway key 1.key ends 2027-01-29T07:59:59.000Z", "gateway key 2.key ended 2027-01-15T08:00:00.000Z",
      ])
    #expect(secrets([now, now - .seconds(1)]).areOver(at: now) && !secrets([now, nil]).areOver(at: now))
    #expect(!secrets([]).areOver(at: now))
    #expect(
      secrets([now + .seconds(1), nil]).word(0, at: now) == "old" && secrets([now + .seconds(1)]).word(0, at: now) == "current")
    #expect(secrets([nil]).word(9, at: now) == "removed")
  }
}
