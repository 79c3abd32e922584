// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct HeaderReaderTests {
  struct Trigger: Decodable, Sendable {
    struct Packet: Decodable, Sendable {
      let ipHex: String
    }

    struct Expected: Decodable, Sendable {
      struct Open: Decodable, Sendable {
        let src: String
        let port: UInt16
      }

      let trigger: Bool
      let open: Open?
    }

    let id: String
    let packet: Packet
    let expected: Expected
  }

  static let now = Timestamp(seconds: 1_800_000_000)

  /// The proof of concept: a SYN with sequence number 17 to a port that begins with 10.
  static let seventeen = HeaderCredential(
    carrier: .tcp, flagsAsked: 0x17, flagsSet: 0x02,
    conditions: [.init(.port, 1000...10999), .init(.sequence, 17...17)], target: .strip10, allowed: [])

  /// The door of a descendant of cd00r, whose program compares the numbers without swapping their bytes.
  static func lock(acknowledgement: UInt32) -> HeaderCredential {
    HeaderCredential(
      carrier: .tcp, flagsAsked: 0, flagsSet: 0,
      conditions: [
        .init(.port, 7073...7073), .init(.sequence, UInt32(149_112_667).byteSwapped...UInt32(149_112_667).byteSwapped),
        .init(.acknowledgement, acknowledgement.byteSwapped...acknowledgement.byteSwapped),
      ], target: .door, allowed: [])
  }

  private func read(_ packet: [UInt8], _ keys: [HeaderCredential]) throws -> Reading {
    let reader = HeaderReader(keys.enumerated().map { Registered(KeyIndex($0), $1) })
    return try packet.withBytes { packet throws -> Reading in reader.read(try PacketView(packet), at: Self.now) }
  }

  private func syn(
    to port: UInt16 = 1022, flags: TCPHeader.Flags = .syn, sequence: UInt32 = 17, acknowledgement: UInt32 = 0,
    window: UInt16 = 512
  ) throws -> [UInt8] {
    try Packets.builder().tcp(
      from: 1000, to: port, flags: flags, sequence: sequence, acknowledgement: acknowledgement, window: window)
  }

  private func asked(_ port: UInt16) -> Knock.Wish { .services(Port(port).map { [Service(.tcp, $0)] } ?? []) }

  /// One packet of the real hping3 each.
  @Test func hping3() throws {
    let triggers = try LegacyCases.load("poc-header-trigger/hping3.json", as: Trigger.self)
    #expect(triggers.count == 15)
    for trigger in triggers {
      let reading = try read(try #require(Hex.decode(trigger.packet.ipHex)), [Self.seventeen])
      #expect((reading.knock != nil) == trigger.expected.trigger, "\(trigger.id)")
      guard let open = trigger.expected.open, let knock = reading.knock else { continue }
      #expect(knock.wish == asked(open.port) && knock.ipv4 == .packetSource(port: nil), "\(trigger.id)")
    }
  }

  @Test(arguments: [
    (HeaderTarget.strip10, UInt16(1022), UInt16?(22)), (.strip10, 10022, 22), (.strip10, 10999, 999), (.strip10, 1000, nil),
    (.strip10, 10000, nil), (.strip10, 1443, nil), (.strip10, 5022, nil), (.strip10, 10, nil), (.subtract(1000), 1022, 22),
    (.subtract(1000), 10022, 9022), (.subtract(1000), 1443, 443), (.subtract(1000), 1000, nil), (.subtract(1000), 999, nil),
    (.door, 22, nil),
  ])
  func ports(_ target: HeaderTarget, _ knocked: UInt16, _ opened: UInt16?) {
    #expect(target.port(for: knocked)?.number == opened)
  }

  @Test func aTableAndAnAllowList() throws {
    var key = Self.seventeen
    func entry(_ knocked: UInt16, _ opened: UInt16) throws -> HeaderTarget.Entry {
      .init(knocked: try #require(Port(knocked)), opened: try #require(Port(opened)))
    }
    key.target = .table([try entry(1022, 22), try entry(2000, 443)])
    #expect(try read(try syn(), [key]).knock?.wish == asked(22))
    #expect(try read(try syn(to: 2000), [key]).knock?.wish == asked(443))
    #expect(try read(try syn(to: 1023), [key]) == .refused(.unknownKey))
    key.allowed = [try #require(Port(443))]
    #expect(try read(try syn(), [key]) == .refused(.unknownKey))
    #expect(try read(try syn(to: 2000), [key]).knock != nil)
    let second = try read(try syn(), [key, Self.seventeen]).knock
    #expect(second?.key == KeyIndex(1), "the next key that fits")
  }

  @Test func sequenceAndAcknowledgementInHostOrder() throws {
    let keys = [Self.lock(acknowledgement: 777), Self.lock(acknowledgement: 333)]
    for (place, acknowledgement) in [UInt32(777), 333].enumerated() {
      let packet = try syn(
        to: 7073, sequence: UInt32(149_112_667).byteSwapped, acknowledgement: acknowledgement.byteSwapped)
      let knock = try read(packet, keys).knock
      #expect(knock?.key == KeyIndex(place) && knock?.wish == .door(nil) && knock?.strength == .plain)
    }
    #expect(try read(try syn(to: 7073, sequence: 149_112_667, acknowledgement: 777), keys) == .refused(.unknownKey))
  }

  /// Every field, with a value in its range and, right beside, one below and one above.
  @Test(arguments: HeaderField.allCases)
  func fields(_ field: HeaderField) throws {
    let carrier: HeaderCredential.Carrier = field.isIn(.tcp) ? .tcp : .icmp
    let key = HeaderCredential(
      carrier: carrier, flagsAsked: 0, flagsSet: 0, conditions: [.init(field, 100...101)], target: .door, allowed: [])
    for value in [UInt32(100), 101] { #expect(try read(try packet(field, value), [key]).knock != nil, "\(field) \(value)") }
    for value in [UInt32(99), 102] { #expect(try read(try packet(field, value), [key]).knock == nil, "\(field) \(value)") }
  }

  private func packet(_ field: HeaderField, _ value: UInt32) throws -> [UInt8] {
    var builder = try Packets.builder()
    let short = UInt16(value)
    switch field {
    case .timeToLive: builder.hopLimit = UInt8(value)
    case .identification: builder.identification = short
    case .sourcePort: return builder.tcp(from: short, to: 1, flags: .syn)
    case .port: return builder.tcp(from: 1, to: short, flags: .syn)
    case .sequence: return builder.tcp(from: 1, to: 1, flags: .syn, sequence: value)
    case .acknowledgement: return builder.tcp(from: 1, to: 1, flags: .syn, acknowledgement: value)
    case .window: return builder.tcp(from: 1, to: 1, flags: .syn, window: short)
    case .urgentPointer: return builder.tcp(from: 1, to: 1, flags: .syn, urgentPointer: short)
    case .icmpType: return builder.icmp(type: UInt8(value))
    case .icmpCode: return builder.icmp(type: 8, code: UInt8(value))
    case .icmpIdentifier: return builder.icmp(type: 8, identifier: short)
    case .icmpSequence: return builder.icmp(type: 8, sequence: short)
    case .dataLength: return builder.tcp(from: 1, to: 1, flags: .syn, payload: Array(repeating: 0, count: Int(value)))
    }
    return builder.tcp(from: 1, to: 1, flags: .syn)
  }

  @Test func ipv6HasNoIdentification() throws {
    let six = try Packets.builder(from: "2001:db8::7", to: "2001:db8::1").tcp(from: 1, to: 1, flags: .syn)
    func key(_ field: HeaderField, _ range: ClosedRange<UInt32>) -> HeaderCredential {
      .init(carrier: .tcp, flagsAsked: 0, flagsSet: 0, conditions: [.init(field, range)], target: .door, allowed: [])
    }
    #expect(try read(six, [key(.identification, 0...0xffff)]) == .refused(.unknownKey))
    #expect(try read(six, [key(.timeToLive, 64...64)]).knock?.ipv6 == .packetSource(port: nil))
  }

  @Test func udpKnocksToo() throws {
    let key = HeaderCredential(
      carrier: .udp, flagsAsked: 0, flagsSet: 0, conditions: [.init(.port, 7000...7000), .init(.sourcePort, 5...5)],
      target: .door,
      allowed: [])
    let builder = try Packets.builder()
    #expect(try read(builder.udp(from: 5, to: 7000, payload: []), [key]).knock != nil)
    #expect(try read(builder.udp(from: 6, to: 7000, payload: []), [key]) == .refused(.unknownKey))
    #expect(try read(builder.tcp(from: 5, to: 7000, flags: .syn), [key]) == .refused(.wrongTransport))
  }

  @Test(
    arguments: [
      (.syn, true), ([.syn, .psh], true), ([.syn, .ece, .cwr], true), ([.syn, .ack], false), ([.syn, .fin], false),
      ([.syn, .rst], false), (.ack, false), ([], false),
    ] as [(TCPHeader.Flags, Bool)])
  func flags(_ flags: TCPHeader.Flags, _ fits: Bool) throws {
    #expect((try read(try syn(flags: flags), [Self.seventeen]).knock != nil) == fits)
  }

  @Test func everyTruncationAndFlippedBitIsRefused() throws {
    let packet = try syn()
    for count in 0..<packet.count {
      #expect(throws: PacketFlaw.self) { try read(Array(packet.prefix(count)), [Self.seventeen]) }
    }
    for bit in 0..<packet.count * 8 {
      #expect((try? read(Packets.flipped(packet, bit), [Self.seventeen]))?.knock == nil, "bit \(bit)")
    }
    #expect(try read(packet, [Self.seventeen]).knock != nil)
  }

  @Test func everyTriggerHasItsOwnName() throws {
    let ids = try [try syn(), try syn(to: 1023)].map { try #require(try read($0, [Self.seventeen]).knock).id }
    #expect(Set(ids).count == 2)
  }
}
