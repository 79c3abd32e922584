// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct SynReaderTests {
  struct Vector: Decodable, Sendable {
    let name: String
    let secret: HexBytes
    let action: UInt8
    let time: UInt64
    let step: UInt64
    let port: UInt16
    let source: String
    let message: HexBytes
    let code: HexBytes
    let hintCode: HexBytes
    let sequence: UInt32
    let acknowledgement: UInt32
    let window: UInt16
    let knockId: HexBytes

    var claim: SynClaim {
      get throws {
        SynClaim(
          action: try #require(Knock.Action(rawValue: action)), step: step, port: port, source: try #require(IPAddress(source)))
      }
    }
  }

  static let now = Timestamp(seconds: 1_800_000_000)
  static let secret = Bytes32(high: Bytes16(high: 1, low: 2), low: Bytes16(high: 3, low: 4))

  private func reader(_ secrets: [Bytes32] = [secret], asksForPort: Bool = true, at now: Timestamp = now) throws -> SynReader {
    try SynReader(
      secrets.enumerated().map { Registered(KeyIndex($0), SynCredential(secret: $1, asksForPort: asksForPort)) }, now: now)
  }

  private func read(_ packet: [UInt8], _ reader: inout SynReader, at now: Timestamp = now) throws -> Reading {
    try packet.withBytes { packet throws -> Reading in reader.read(try PacketView(packet), at: now) }
  }

  static func claim(
    _ action: Knock.Action = .open, at moment: Timestamp = now, port: UInt16 = 22, from source: String = Packets.client
  ) throws -> SynClaim {
    SynClaim(action: action, step: SynStep.number(at: moment), port: port, source: try #require(IPAddress(source)))
  }

  static func packet(
    _ claim: SynClaim, secret: Bytes32 = secret, from source: String? = nil, to port: UInt16? = nil, payload: [UInt8] = []
  ) throws -> [UInt8] {
    let fields = secret.withBytes { SynEncoder.fields(claim, secret: $0) }
    let source = source ?? claim.source.description
    return try Packets.builder(from: source, to: source.contains(":") ? "2001:db8::1" : Packets.gateway).tcp(
      from: 40000, to: port ?? claim.port, flags: fields.flags, sequence: try #require(fields.sequence),
      acknowledgement: try #require(fields.acknowledgement), window: try #require(fields.window), payload: payload)
  }

  @Test func vectors() throws {
    let vectors = try VectorFile.load("syn/version1.json", as: Vector.self)
    #expect(vectors.count == 9)
    for vector in vectors {
      let claim = try vector.claim
      let now = Timestamp(seconds: vector.time)
      #expect(SynStep.number(at: now) == vector.step && claim.message == vector.message.bytes, "\(vector.name)")
      let fields = try vector.secret.bytes32.withBytes { SynEncoder.fields(claim, secret: $0) }
      #expect(fields.sequence == vector.sequence && fields.acknowledgement == vector.acknowledgement, "\(vector.name)")
      #expect(fields.window == vector.window && fields.flags == .syn, "\(vector.name)")
      var reader = try reader([Self.secret, try vector.secret.bytes32], at: now)
      let reading = try read(try Self.packet(claim, secret: vector.secret.bytes32), &reader, at: now)
      let knock = try #require(reading.knock, "\(vector.name)")
      #expect(try knock.id == #require(Bytes16(vector.knockId.bytes)) && knock.key == KeyIndex(1), "\(vector.name)")
      #expect(knock.action == claim.action && knock.stamp == SynStep.start(of: vector.step), "\(vector.name)")
    }
  }

  @Test func aKnockNamesAddressAndService() throws {
    var reader = try reader()
    let knock = try #require(try read(try Self.packet(try Self.claim()), &reader).knock)
    #expect(knock.ipv4 == .named(IPv4Address(0xc000_0207), port: nil) && knock.ipv6 == .none && knock.strength == .keyed)
    #expect(knock.wish == .services([try #require(Service("tcp/22"))]) && knock.knockProtocol == .syn)
    let six = try #require(try read(try Self.packet(try Self.claim(from: "2001:db8::7")), &reader).knock)
    #expect(six.ipv4 == .none && six.ipv6 == .named(IPv6Address(high: 0x2001_0db8 << 32, low: 7), port: nil))
    var byDoor = try self.reader(asksForPort: false)
    #expect(try read(try Self.packet(try Self.claim()), &byDoor).knock?.wish == .door(nil))
  }

  @Test func openAndCloseAreToldApart() throws {
    var reader = try reader()
    let knocks = try [Knock.Action.open, .close].map { action in
      try #require(try read(try Self.packet(try Self.claim(action)), &reader).knock)
    }
    #expect(knocks.map(\.action) == [.open, .close] && knocks[0].id != knocks[1].id)
  }

  @Test func keysAreToldApart() throws {
    let secrets = (0..<300).map { Bytes32(high: Bytes16(high: 9, low: UInt64($0)), low: .zero) }
    var reader = try reader(secrets)
    for place in stride(from: 0, to: secrets.count, by: 13) {
      let reading = try read(try Self.packet(try Self.claim(), secret: secrets[place]), &reader)
      #expect(reading.knock?.key == KeyIndex(place))
    }
    let stranger = try read(try Self.packet(try Self.claim()), &reader)
    #expect(stranger.knock == nil)
  }

  @Test(arguments: [(-5, false), (-4, true), (-1, true), (0, true), (1, true), (2, false)])
  func steps(_ distance: Int64, _ counts: Bool) throws {
    let window = try #require(KnockProtocol.syn.window)
    for second in [Int64(0), 14] {
      let now = Self.now + .seconds(second)
      var reader = try reader(at: now)
      let claim = try Self.claim(at: Self.now + .seconds(15 * distance))
      let reading = try read(try Self.packet(claim), &reader, at: now)
      #expect((reading.knock != nil) == counts)
      guard let knock = reading.knock else { continue }
      #expect(knock.stamp - now >= -window.past && knock.stamp - now <= window.future)
    }
  }

  @Test func theStepGoesOnWhileTheReaderStands() throws {
    var reader = try reader()
    for minute in 0..<5 {
      let now = Self.now + .seconds(Int64(minute) * 60)
      #expect(try read(try Self.packet(try Self.claim(at: now)), &reader, at: now).knock != nil)
    }
    #expect(try read(try Self.packet(try Self.claim()), &reader, at: Self.now).knock != nil, "and back")
  }

  @Test func anotherSourceOrPortIsRefused() throws {
    var reader = try reader()
    let claim = try Self.claim()
    #expect(try read(try Self.packet(claim, from: "192.0.2.8"), &reader) == .refused(.wrongTag))
    #expect(try read(try Self.packet(claim, to: 23), &reader) == .refused(.wrongTag))
    #expect(try read(try Self.packet(claim, payload: [0]), &reader) == .refused(.wrongLength))
    #expect(try read(try Self.packet(claim), &reader).knock != nil)
  }

  /// Bits of the TCP header with a right checksum over them: only fields that mean nothing may change.
  @Test func everyFlippedBitOfTheSegmentIsRefused() throws {
    var reader = try reader()
    let fields = try Self.secret.withBytes { SynEncoder.fields(try Self.claim(), secret: $0) }
    let sent = (try #require(fields.sequence), try #require(fields.acknowledgement), try #require(fields.window))
    func packet(_ port: UInt16, _ flags: UInt8, _ sequence: UInt32, _ acknowledgement: UInt32, _ window: UInt16) throws -> [UInt8]
    {
      try Packets.builder().tcp(
        from: 40000, to: port, flags: TCPHeader.Flags(rawValue: flags), sequence: sequence, acknowledgement: acknowledgement,
        window: window)
    }
    for bit in 0..<32 {
      for changed in [
        try packet(22, 2, sent.0 ^ 1 << UInt32(bit), sent.1, sent.2),
        try packet(22, 2, sent.0, sent.1 ^ 1 << UInt32(bit), sent.2),
        try packet(22, 2, sent.0, sent.1, sent.2 ^ 1 << UInt16(bit % 16)),
        try packet(22 ^ 1 << UInt16(bit % 16), 2, sent.0, sent.1, sent.2),
      ] { #expect(try read(changed, &reader).knock == nil, "bit \(bit)") }
    }
    for flag in [UInt8(0x01), 0x02, 0x04, 0x10] {
      #expect(try read(try packet(22, 2 ^ flag, sent.0, sent.1, sent.2), &reader) == .refused(.wrongTransport))
    }
    for flag in [UInt8(0x08), 0x20, 0x40, 0x80] {
      #expect(try read(try packet(22, 2 ^ flag, sent.0, sent.1, sent.2), &reader).knock != nil)
    }
    #expect(try read(try packet(22, 2, sent.0, sent.1, sent.2), &reader).knock != nil)
  }

  @Test func everyTruncationAndFlippedBitOfThePacketIsRefused() throws {
    var reader = try reader()
    let packet = try Self.packet(try Self.claim())
    for count in 0..<packet.count { #expect((try? read(Array(packet.prefix(count)), &reader)) == nil) }
    for bit in 0..<packet.count * 8 { #expect((try? read(Packets.flipped(packet, bit), &reader))?.knock == nil, "bit \(bit)") }
    #expect(try read(packet, &reader).knock != nil)
  }

  @Test func aStepIsOneSyn() throws {
    let claim = try Self.claim()
    let fields = Self.secret.withBytes { SynEncoder.fields(claim, secret: $0) }
    #expect(Self.secret.withBytes { SynEncoder.steps(claim, secret: $0) } == [KnockStep(.tcp(fields), port: 22)])
  }
}
