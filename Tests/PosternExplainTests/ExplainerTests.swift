// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternExplain
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct ExplainerTests {
  @Test func aGrantWithEverything() throws {
    let lane = try Lane()
    let ipv6 = try #require(IPv6Address("2001:db8::7"))
    let wish = Lane.Wish(ipv6: .named(ipv6, port: nil), lease: 90, stamp: Lane.now + .milliseconds(-200))
    let explanation = try lane.explain(wish)
    #expect(
      explanation.number == 1 && explanation.addressee == Addressee(gatewayKey: 1, admission: 0) && explanation.repeats == nil)
    #expect(explanation.skew == .milliseconds(-200) && explanation.knockProtocol == .spa)
    #expect(explanation.claim?.door == .byDefault(Lane.name("ssh")))
    let lease = try #require(explanation.opening?.lease.lease)
    #expect(
      explanation.text == [
        "#1 2027-01-15T08:00:00.000Z spa 192.0.2.7:40000 -> 192.0.2.1:62201 udp 184 bytes",
        "  knock: alice/laptop open ssh (the default door), IPv4 192.0.2.7, IPv6 2001:db8::7, lease 90 s, stamp -0.200 s, gateway key 2, admission secret 1",
        "  granted: 90 s until 2027-01-15T08:01:30.000Z, lease \(lease)",
        "    put inet postern door4 { 192.0.2.7 . tcp . 22 timeout 1m30s comment \"alice/laptop ssh \(lease)\" }",
        "    put inet postern door4 { 192.0.2.7 . udp . 60001 timeout 1m30s comment \"alice/laptop ssh \(lease)\" }",
        "    put inet postern door6 { 2001:db8::7 . tcp . 22 timeout 1m30s comment \"alice/laptop ssh \(lease)\" }",
        "    put inet postern door6 { 2001:db8::7 . udp . 60001 timeout 1m30s comment \"alice/laptop ssh \(lease)\" }",
      ])
  }

  @Test func theSameAsJSON() throws {
    let lane = try Lane()
    let explanation = try lane.explain(.init(door: "web", totp: 123_456))
    let lease = try #require(explanation.opening?.lease.lease)
    let knock = try #require(explanation.claim?.knock)
    #expect(
      explanation.json
        == #"{"packet":1,"time":"2027-01-15T08:00:00.000Z","bytes":212,"prefix":"spa","source":"192.0.2.7","#
        + #""destination":"192.0.2.1","transport":"udp","source-port":40000,"destination-port":62201,"data":184,"#
        + #""protocol":"spa","gateway-key":2,"admission":1,"user":"alice","key":"laptop","action":"open","door":"web","#
        + #""addresses":[{"family":"ipv4","mode":"named","address":"192.0.2.7"}],"wished-lease":0,"#
        + #""stamp":"2027-01-15T08:00:00.000Z","stamp-ns":"1800000000000000000","skew":0.000,"second-factor":true,"#
        + #""knock":"\#(Hex.encode(knock.id.array))","verdict":"granted","lease":"\#(lease)","seconds":30,"#
        + #""ends":"2027-01-15T08:00:30.000Z","renewed":false,"notes":[],"elements":[{"change":"put","#
        + #""set":"inet postern door4","element":"192.0.2.7 . tcp . 443","timeout-ms":30000,"#
        + #""comment":"alice/laptop web \#(lease)"}]}"#)
    #expect(!explanation.json.contains("123456"), "a code is a secret")
  }

  @Test func aSYNShowsItsSystem() throws {
    let lane = try Lane { tables, _ in
      tables.doors[0].systems = SystemDemand(OperatingSystems(.linux), awaitsFirstPacket: true)
      tables.doors[1].systems = SystemDemand(OperatingSystems(.windows))
    }
    let bare = lane.explain(Lane.syn())
    #expect(bare.text.contains("  syn: 4:64+0:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0, like linux"))
    #expect(bare.json.contains(#""data":0,"syn":"4:64+0:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0","systems":["linux"],"#))
    let carried = lane.explain(Lane.syn(try lane.knock(.init(door: "web"))))
    #expect(carried.text.contains("  syn: 4:64+0:0:1460:mss*44,0:mss:df,id+:+, no known system"))
    #expect(carried.denial == .systemUnknown && carried.denial?.stage == .system && !carried.json.contains("systems"))
    let waiting = try lane.explain(.init(stamp: Lane.now + .milliseconds(1)))
    #expect(waiting.verdict == .step && waiting.syn == nil)
    #expect(waiting.text.last == "  waits for the first packet of its address: the door demands an operating system")
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var denial: Denial
    var judge = Explanation.Judge.gate
    var stage: DecisionStage
    var isKnown = true
    var packet: @Sendable (Lane) throws -> [UInt8]
  }

  static let rows: [Row] = [
    .init(testDescription: "no packet", denial: .malformedHeaders, stage: .headers, isKnown: false) { _ in [] },
    .init(testDescription: "changed on the way", denial: .badChecksum, stage: .headers, isKnown: false) { lane in
      var packet = Lane.udp(try lane.knock())
      packet[60] ^= 1
      return packet
    },
    .init(testDescription: "too long", denial: .wrongLength, stage: .length, isKnown: false) { Lane.udp(try $0.knock() + [0]) },
    .init(testDescription: "junk", denial: .wrongTag, stage: .tag, isKnown: false) { _ in
      Lane.udp(Array(repeating: 7, count: 184))
    },
    .init(testDescription: "another admission secret", denial: .wrongTag, stage: .tag, isKnown: false) { lane in
      let encoder = try SPAEncoder(lane.profile(.laptop, admission: .zero))
      return Lane.udp(encoder.tagged(try lane.knock()))
    },
    .init(testDescription: "no ephemeral key", denial: .badEphemeral, stage: .curve, isKnown: false) { lane in
      var knock = try lane.knock()
      knock.replaceSubrange(24..<56, with: Array(repeating: 0, count: 32))
      return Lane.udp(try SPAEncoder(lane.profile(.laptop)).tagged(knock))
    },
    .init(testDescription: "a key that nobody has", denial: .unknownKey, stage: .identity, isKnown: false) {
      Lane.udp(try $0.knock(.init(device: .stranger)))
    },
    .init(testDescription: "a seal broken", denial: .badSeal, stage: .seal, isKnown: false) { lane in
      var knock = try lane.knock()
      knock[150] ^= 1
      return Lane.udp(try SPAEncoder(lane.profile(.laptop)).tagged(knock))
    },
    .init(testDescription: "a payload of nonsense", denial: .malformedPayload, stage: .payload) { lane in
      let encoder = try SPAEncoder(lane.profile(.laptop))
      return Lane.udp(try encoder.seal(Array(repeating: 9, count: 64), hint: encoder.hint(at: Lane.now), ephemeral: Lane.key(77)))
    },
    .init(testDescription: "the hint of another day", denial: .wrongHint, stage: .hint) { lane in
      let encoder = try SPAEncoder(lane.profile(.laptop))
      let payload = SPAPayload(
        action: .open, door: nil, ipv4: .named(IPv4Address(0xc000_0207), port: nil), ipv6: .none, wishedLease: 0, stamp: Lane.now,
        totp: nil)
      return Lane.udp(try encoder.seal(payload.encoded, hint: 1, ephemeral: Lane.key(77)))
    },
    .init(testDescription: "stale", denial: .stale, stage: .freshness) {
      Lane.udp(try $0.knock(.init(stamp: Lane.now + .seconds(-61))))
    },
    .init(testDescription: "future", denial: .future, stage: .freshness) {
      Lane.udp(try $0.knock(.init(stamp: Lane.now + .seconds(16))))
    },
    .init(testDescription: "a door that is not there", denial: .unknownDoor, stage: .door) {
      Lane.udp(try $0.knock(.init(door: "attic")))
    },
    .init(testDescription: "no default door", denial: .unknownDoor, stage: .door) {
      Lane.udp(try $0.knock(.init(device: .desk)))
    },
    .init(testDescription: "somebody else's door", denial: .doorNotPermitted, stage: .door) {
      Lane.udp(try $0.knock(.init(device: .desk, door: "web")))
    },
    .init(testDescription: "the packet's source without leave", denial: .addressModeNotPermitted, stage: .source) {
      Lane.udp(try $0.knock(.init(ipv4: .packetSource(port: nil))))
    },
    .init(testDescription: "the packet's source too late", denial: .packetSourceTooOld, stage: .source) {
      Lane.udp(try $0.knock(.init(door: "web", ipv4: .packetSource(port: nil), stamp: Lane.now + .seconds(-11))))
    },
    .init(testDescription: "another source than named", denial: .sourceMismatch, stage: .source) {
      Lane.udp(try $0.knock(.init(door: "web", ipv4: .bothAgree(IPv4Address(0xc000_0208), port: nil))))
    },
    .init(testDescription: "no family left", denial: .noFamilyLeft, stage: .address) {
      Lane.udp(
        try $0.knock(.init(door: "web", ipv4: .none, ipv6: .named(IPv6Address(high: 0x2001_0db8 << 32, low: 7), port: nil))))
    },
    .init(testDescription: "loopback", denial: .addressNotAllowed, stage: .address) {
      Lane.udp(try $0.knock(.init(ipv4: .named(IPv4Address(0x7f00_0001), port: nil))))
    },
    .init(testDescription: "the gateway itself", denial: .ownAddress, judge: .keeper, stage: .address) {
      Lane.udp(try $0.knock(.init(ipv4: .named(IPv4Address(0xc000_0201), port: nil))))
    },
    .init(testDescription: "another of the gateway's addresses", denial: .ownAddress, judge: .keeper, stage: .address) {
      Lane.udp(try $0.knock(.init(ipv4: .named(IPv4Address(0xcb00_7101), port: nil))))
    },
    .init(testDescription: "outside the user's networks", denial: .sourceNotPermitted, judge: .keeper, stage: .address) {
      Lane.udp(try $0.knock(.init(device: .desk, door: "ssh", ipv4: .named(IPv4Address(0xc633_6407), port: nil))))
    },
  ]

  @Test(arguments: rows) func refusals(_ row: Row) throws {
    let lane = try Lane(own: ["203.0.113.1"])
    let explanation = lane.explain(try row.packet(lane))
    #expect(explanation.denial == row.denial && explanation.judge == row.judge && row.denial.stage == row.stage)
    #expect((explanation.claim != nil) == row.isKnown)
    #expect(explanation.text.last?.hasPrefix("  refused at \(row.stage) by the \(row.judge.rawValue): \(row.denial): ") == true)
    let end = #""verdict":"refused","decided-by":"\#(row.judge.rawValue)","stage":"\#(row.stage)","reason":"\#(row.denial)"}"#
    #expect(explanation.json.hasSuffix(end))
    // The same lane opens for what is right: a lane that refuses everything fails here.
    #expect(try lane.explain(.init(stamp: Lane.now + .milliseconds(1))).opening != nil)
  }

  @Test func aPrefixOfNoProtocol() throws {
    let lane = try Lane()
    let explanation = lane.explain(Lane.udp(try lane.knock()), prefix: "\u{1b}[31mknockd")
    #expect(explanation.denial == .unknownPrefix && explanation.knockProtocol == nil && explanation.headers != nil)
    #expect(explanation.text.first?.contains(" ?[31mknockd 192.0.2.7:40000") == true)
    #expect(explanation.json.contains(#""prefix":"\u001b[31mknockd""#))
  }

  @Test func copiesAndReplaysNameWhatTheyRepeat() throws {
    let lane = try Lane()
    let packet = Lane.udp(try lane.knock())
    #expect(lane.explain(packet).opening != nil)
    _ = lane.explain([])
    // The same knock under another ephemeral key is another packet with the same id.
    let again = lane.explain(Lane.udp(try lane.knock()))
    #expect(again.denial == .replay && again.repeats == 1)
    let copy = lane.explain(packet)
    #expect(copy.denial == .duplicate && copy.repeats == 1)
    #expect(copy.text.last == "  refused at copy by the gate: duplicate (packet #1): a copy of a packet that was decided")
    #expect(copy.json.hasSuffix(#""reason":"duplicate","repeats":1}"#))
  }

  /// What was refused before it was recorded is not what a later replay repeats.
  @Test func anUnspentKnockIsNotRepeated() throws {
    let lane = try Lane()
    let wish = Lane.Wish(stamp: Lane.now + .seconds(20))
    #expect(try lane.explain(wish).denial == .future)
    #expect(try lane.explain(wish, at: Lane.now + .seconds(10)).opening != nil)
    #expect(try lane.explain(wish, at: Lane.now + .seconds(11)).repeats == 2)
  }

  @Test func theKeepersQuotasCount() throws {
    let lane = try Lane()
    func open(_ number: UInt32, at seconds: Int64) throws -> Explanation {
      let now = Lane.now + .seconds(seconds)
      return try lane.explain(.init(ipv4: .named(IPv4Address(0xc633_6400 + number), port: nil), stamp: now), at: now)
    }
    #expect(try open(1, at: 0).opening != nil)
    #expect(try open(2, at: 1).opening != nil)
    let third = try open(3, at: 2)
    #expect(third.denial == .tooManyLeases && third.judge == .keeper)
    // The first has ended by then.
    #expect(try open(3, at: 30).opening != nil)
  }

  @Test func renewedAndHeldByAnother() throws {
    let lane = try Lane()
    #expect(try lane.explain(.init(lease: 300)).opening?.isRenewal == false)
    let later = Lane.now + .seconds(5)
    let renewal = try lane.explain(.init(lease: 60, stamp: later), at: later)
    #expect(renewal.opening?.isRenewal == true)
    #expect(renewal.opening?.changes.map(\.action) == [.keep, .keep], "it lasts longer already")
    let other = try lane.explain(.init(device: .desk, door: "ssh", stamp: later), at: later)
    #expect(
      other.opening?.changes.map(\.description) == [
        "keep inet postern door4 { 192.0.2.7 . tcp . 22 }", "keep inet postern door4 { 192.0.2.7 . udp . 60001 }",
      ])
    let longer = try lane.explain(.init(device: .phone, lease: 600, stamp: later), at: later)
    #expect(longer.opening?.changes.map(\.milliseconds) == [600_000, 600_000])
  }

  @Test func aCloseClosesWhatWasOpened() throws {
    let lane = try Lane()
    let nothing = try lane.explain(.init(action: .close, ipv4: .none))
    #expect(
      nothing.text.suffix(2) == [
        "  knock: alice/laptop close ssh (the default door), all addresses, stamp +0.000 s, gateway key 2, admission secret 1",
        "  accepted: there is no lease to close among the packets before",
      ])
    let opening = try #require(try lane.explain(.init(stamp: Lane.now + .milliseconds(1))).opening)
    let close = try lane.explain(.init(action: .close, ipv4: .none, stamp: Lane.now + .milliseconds(2)))
    #expect(
      close.text.suffix(3) == [
        "  closes lease \(opening.lease.lease)", "    remove inet postern door4 { 192.0.2.7 . tcp . 22 }",
        "    remove inet postern door4 { 192.0.2.7 . udp . 60001 }",
      ])
    #expect(close.json.contains(#""verdict":"closed","leases":["\#(opening.lease.lease)"],"elements":[{"change":"remove","#))
  }

  @Test func anObservedUserOpensNothing() throws {
    let lane = try Lane { _, keeper in keeper.users[0].observesOnly = true }
    let explanation = try lane.explain(.init(door: "web"))
    guard case .observed(let opening) = explanation.verdict else {
      Issue.record("\(explanation.verdict)")
      return
    }
    #expect(
      explanation.text.suffix(2) == [
        "  observed, nothing opens: 30 s until 2027-01-15T08:00:30.000Z, lease \(opening.lease.lease)",
        "    withhold inet postern door4 { 192.0.2.7 . tcp . 443 }",
      ])
    #expect(explanation.json.contains(#""verdict":"observed","lease":"\#(opening.lease.lease)","#))
    // Nothing is held: the door is as shut as before.
    let close = try lane.explain(.init(action: .close, door: "web", ipv4: .none, stamp: Lane.now + .milliseconds(1)))
    #expect(close.verdict == .closed([], []))
  }

  @Test func aUserWhoIsSwitchedOff() throws {
    let lane = try Lane { gate, keeper in
      gate.users[0].isDisabled = true
      keeper.users[0].isDisabled = true
    }
    #expect(try lane.explain(.init()).denial == .userDisabled)
    #expect(try lane.explain(.init(device: .desk, door: "ssh")).opening != nil)
  }

  @Test func theKeysRateCounts() throws {
    let lane = try Lane { gate, _ in gate.keyBucket = .init(burst: 2, refill: .seconds(10)) }
    let denials = try (0..<3).map { try lane.explain(.init(stamp: Lane.now + .milliseconds($0))).denial }
    #expect(denials == [nil, nil, .rateLimited])
  }

  @Test func aClockThatStepsBackCloses() throws {
    let lane = try Lane()
    #expect(try lane.explain(.init()).opening != nil)
    let before = Lane.now + .seconds(-16)
    #expect(try lane.explain(.init(stamp: before), at: before).denial == .clockClosed)
    let slightly = Lane.now + .seconds(-15)
    #expect(try lane.explain(.init(stamp: slightly), at: slightly).opening != nil)
  }

  /// Captures may be older than this release: the clock of the one who explains is not the one in question.
  @Test func oldCapturesAreJudgedAtTheirTime() throws {
    let lane = try Lane()
    let then = Timestamp(seconds: 1_000_000_000)
    #expect(try lane.explain(.init(stamp: then), at: then).opening?.ends == then + .seconds(30))
  }

  @Test func cutPacketsAndWhatIsNoPacket() throws {
    let lane = try Lane()
    let packet = Array(Lane.udp(try lane.knock()).prefix(96))
    let prefix = Array("spa".utf8)
    let cut = packet.withBytes { packet in
      prefix.withBytes { lane.explainer.explain(packet, prefix: $0, isCut: true, at: Lane.now) }
    }
    #expect(cut.denial == .malformedHeaders && cut.text.first?.hasSuffix("spa 96 bytes (cut by the capture)") == true)
    #expect(cut.json.contains(#""bytes":96,"cut":true,"#))
    let nothing = lane.explainer.passOver("no IP packet", byteCount: 42, at: Lane.now)
    #expect(nothing.text == ["#2 2027-01-15T08:00:00.000Z 42 bytes", "  passed over: no IP packet"])
    #expect(
      nothing.json
        == #"{"packet":2,"time":"2027-01-15T08:00:00.000Z","bytes":42,"verdict":"passed-over","reason":"no IP packet"}"#)
  }

  @Test func otherCarriers() throws {
    let lane = try Lane()
    let builder = try #require(PacketBuilder(from: Lane.ip(Lane.client), to: Lane.ip(Lane.gateway)))
    let syn = lane.explain(builder.tcp(from: 40000, to: 443, flags: .syn, payload: try lane.knock()))
    #expect(syn.opening != nil && syn.text.first?.hasSuffix(" spa 192.0.2.7:40000 -> 192.0.2.1:443 tcp 184 bytes") == true)
    let echo = lane.explain(
      builder.echoRequest(identifier: 1, sequence: 1, payload: try lane.knock(.init(stamp: Lane.now + .milliseconds(1)))))
    #expect(echo.opening != nil && echo.text.first?.hasSuffix(" spa 192.0.2.7 -> 192.0.2.1 icmp 184 bytes") == true)
    #expect(echo.json.contains(#""transport":"icmp","data":184,"#))
    let answer = lane.explain(builder.tcp(from: 40000, to: 443, flags: [.syn, .ack], payload: try lane.knock()))
    #expect(answer.denial == .wrongTransport && answer.denial?.stage == .carrier)
  }

  /// The keys of a door's elements are made as its configuration says.
  @Test func aDoorForNetworks() throws {
    let lane = try Lane { _, keeper in
      keeper.doors[0].key = [.port, .sourceAddress]
      keeper.doors[0].prefix4 = 24
    }
    let changes = try #require(try lane.explain(.init()).opening).changes
    #expect(changes.map(\.key) == ["22 . 192.0.2.0", "60001 . 192.0.2.0"])
  }

  @Test func ipv6AndPrefixInstance() throws {
    let lane = try Lane()
    let explanation = lane.explain(Lane.udp(try lane.knock(), from: "2001:db8::9", to: "2001:db8::1"), prefix: "spa:wan")
    #expect(explanation.text.first?.hasSuffix("Z spa:wan [2001:db8::9]:40000 -> [2001:db8::1]:62201 udp 184 bytes") == true)
    #expect(explanation.opening != nil)
  }
}
