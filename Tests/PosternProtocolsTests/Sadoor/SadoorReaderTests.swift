// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct SadoorReaderTests {
  typealias Gate = ReaderGate<SadoorReader>

  static let now = Timestamp(seconds: 1_800_000_000)
  static let secret = SHA256.hash([4, 5])
  static let script = """
    keypkt { ip { daddr = 192.0.2.1; ttl = 64; udp { dport = 53; data = "hello\\x00"; } } }
    keypkt (1) { ip { daddr = any; tcp { dport = 22; flags = S; } } }   # twice
    keypkt { ip { daddr = 192.0.2.1; icmp { type = 8; id = 7; } } }
    cmdpkt { ip { daddr = 192.0.2.1; udp { dport = 123; data = "ntp"; } } }
    """

  static func credential(
    _ form: SadoorCredential.Form = .sealed(secret), _ script: String = script, isGlobal: Bool = false, empty: Bool = false
  ) throws -> SadoorCredential {
    SadoorCredential(
      form: form, script: try PacketScript(parsing: script), timeout: .seconds(10), isGlobal: isGlobal, takesEmptyCommand: empty)
  }

  /// The key packets of ``script``.
  static func keys(_ sender: Sender) throws -> [[UInt8]] {
    let builder = try sender.builder
    let syn = try sender.syn(22)
    return [
      builder.udp(from: 9, to: 53, payload: Array("hello\0world".utf8)), syn, syn,
      builder.echoRequest(identifier: 7, sequence: 1, payload: []),
    ]
  }

  static func command(_ sender: Sender, _ block: [UInt8]) throws -> [UInt8] {
    try sender.builder.udp(from: 9, to: 123, payload: Array("ntp".utf8) + block)
  }

  static let order = SadoorOrder.door(
    .init(
      action: .open, ipv4: .named(IPv4Address(0xc000_0207), port: nil), ipv6: .none,
      services: [Service("tcp/22")].compactMap(\.self)))

  private static func envelope(_ order: SadoorOrder = order, _ secret: Bytes32 = secret, at counter: Timestamp = now) throws
    -> [UInt8]
  {
    try #require(try SadoorEncoder(credential(.sealed(secret))).envelope(order, counter: counter))
  }

  // MARK: Vectors

  @Test(arguments: try SadoorVector.load()) func sealedVectors(_ vector: SadoorVector) throws {
    let credential = try Self.credential(.sealed(vector.key.bytes32))
    #expect(try SadoorEncoder(credential).envelope(vector.order, counter: vector.stamp) == vector.envelope.bytes)
    var gate = try Gate([credential], at: vector.stamp)
    let sender = try Sender()
    let readings = try gate.take(Self.keys(sender) + [Self.command(sender, vector.envelope.bytes)])
    #expect(readings.dropLast().allSatisfy { $0 == .step })
    let knock = try #require(readings.last?.knock)
    #expect(knock.knockProtocol == .sadoor && knock.strength == .authenticated)
    #expect(knock.id.array == vector.knockId.bytes && knock.stamp == vector.stamp)
    switch try vector.order {
    case .run(let text): #expect(knock.wish == .command(text))
    case .door(let claim):
      #expect(knock.action == claim.action && knock.ipv4 == claim.ipv4 && knock.ipv6 == claim.ipv6)
      #expect(knock.wish == (claim.services.isEmpty ? .door(nil) : .services(claim.services)))
      #expect(knock.wishedLease == claim.wishedLease)
    }
  }

  @Test(arguments: try CommandVector.load()) func oldVectors(_ vector: CommandVector) throws {
    var gate = try Gate([Self.credential(.legacy(key: CommandVector.key))], at: vector.stamp)
    let sender = try Sender("10.77.0.2")
    let last = try gate.take(Self.keys(sender) + [Self.command(sender, vector.wireHex.bytes)]).last
    switch vector.id {
    case "run-touch":
      let knock = try #require(last?.knock)
      #expect(knock.wish == .command(Array("touch x".utf8)) && knock.strength == .keyed && knock.stamp == vector.stamp)
    case "accept":
      let knock = try #require(last?.knock)
      #expect(knock.wish == .services([Service("tcp/2222")].compactMap(\.self)) && knock.action == .open)
      #expect(knock.ipv4 == .named(IPv4Address(0x0a4d_0002), port: Port(40_000)))
    case "connect-back": #expect(last == .refusedKnown(.actionNotPermitted, KeyIndex(0)))
    case "run-empty": #expect(last == .refusedKnown(.malformedPayload, KeyIndex(0)))
    default: #expect(last == .refused(.badSeal))
    }
  }

  @Test func oldLinesThatMeanDoors() throws {
    let credential = try Self.credential(.legacy(key: CommandVector.key))
    let encoder = try SadoorEncoder(credential)
    let cases: [(String, Knock.Action, Knock.Wish)] = [
      ("open tcp/22", .open, .services([Service("tcp/22")].compactMap(\.self))),
      ("close udp/53", .close, .services([Service("udp/53")].compactMap(\.self))),
      ("open 22", .open, .command(Array("open 22".utf8))),
      ("open tcp/22; id", .open, .command(Array("open tcp/22; id".utf8))),
    ]
    for (line, action, wish) in cases {
      var gate = try Gate([credential])
      let block = try #require(try encoder.block(LegacyCommand(stamp: Self.now, order: .run(Array(line.utf8)))))
      let sender = try Sender()
      let knock = try #require(try gate.take(Self.keys(sender) + [Self.command(sender, block)]).last?.knock)
      #expect(knock.action == action && knock.wish == wish, "\(line)")
      let isDoor = if case .services = wish { true } else { false }
      #expect(knock.ipv4 == (isDoor ? .packetSource(port: nil) : .none))
    }
  }

  @Test func whatTheOldClientSaysAtOneTimeIsOneKnock() throws {
    let credential = try Self.credential(.legacy(key: CommandVector.key))
    let other = try Self.credential(.legacy(key: Array("another key".utf8)))
    var ids: [Bytes16] = []
    for (credential, line, stamp) in [
      (credential, "a", Self.now), (credential, "b", Self.now), (other, "a", Self.now), (credential, "a", Self.now + 1),
    ] {
      var gate = try Gate([credential])
      let block = try #require(try SadoorEncoder(credential).block(LegacyCommand(stamp: stamp, order: .run(Array(line.utf8)))))
      let sender = try Sender()
      ids += try gate.take(Self.keys(sender) + [Self.command(sender, block)]).knocks.map(\.id)
    }
    #expect(ids.count == 4 && ids[0] == ids[1] && Set(ids).count == 3)
  }

  // MARK: Positions

  @Test func encodersSendWhatReadersRead() throws {
    let credential = try Self.credential()
    let steps = try SadoorEncoder(credential).steps(Self.envelope())
    var gate = try Gate([credential])
    let sender = try Sender()
    let packets = try steps.map { try sender.packet($0) }
    #expect(try gate.take(packets).knocks.count == 1)
  }

  @Test func whatDoesNotFitIsIgnored() throws {
    var gate = try Gate([Self.credential()])
    let sender = try Sender()
    let keys = try Self.keys(sender)
    let command = try Self.command(sender, Self.envelope())
    var packets: [[UInt8]] = [keys[3], command]
    for key in keys { packets += [key, try sender.syn(80), command] }
    let readings = try gate.take(packets)
    // The last key packet is followed by something else and then by the command.
    #expect(readings.knocks.count == 1 && readings.last?.knock != nil)
    #expect(
      readings[0] == .refused(.outOfSequence) && readings[1] == .refused(.outOfSequence)
        && readings[3] == .refused(.outOfSequence))
  }

  @Test func everyMissingPacketLeavesItShut() throws {
    let sender = try Sender()
    let packets = try Self.keys(sender) + [Self.command(sender, Self.envelope())]
    for missing in packets.indices {
      var rest = packets
      rest.remove(at: missing)
      var gate = try Gate([Self.credential()])
      #expect(try gate.take(rest).knocks.isEmpty)
    }
  }

  @Test func everyFlippedBitAndTruncationOfTheCommandIsRefused() throws {
    let sender = try Sender()
    let envelope = try Self.envelope()
    let keys = try Self.keys(sender)
    for bit in 0..<envelope.count * 8 {
      var changed = envelope
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      var gate = try Gate([Self.credential()])
      #expect(try gate.take(keys + [Self.command(sender, changed)]).last == .refused(.badSeal), "bit \(bit)")
    }
    for length in 0..<envelope.count {
      var gate = try Gate([Self.credential()])
      let last = try gate.take(keys + [Self.command(sender, Array(envelope.prefix(length)))]).last
      #expect(last == .refused(length == 0 ? .wrongLength : .badSeal))
    }
    var gate = try Gate([Self.credential()])
    #expect(try gate.take(keys + [Self.command(sender, envelope)]).knocks.count == 1)
  }

  @Test func fourCommandsAreTried() throws {
    let sender = try Sender()
    let junk = try Self.command(sender, Array(repeating: 7, count: 60))
    let good = try Self.command(sender, Self.envelope())
    for (tries, opens) in [(3, true), (4, false)] {
      var gate = try Gate([Self.credential()])
      let packets = try Self.keys(sender) + Array(repeating: junk, count: tries) + [good]
      #expect(try gate.take(packets).knocks.isEmpty != opens, "\(tries)")
    }
  }

  @Test func theTimeoutCountsFromTheFirstPacket() throws {
    let sender = try Sender()
    for (wait, opens) in [(9_900, true), (10_100, false)] as [(Int64, Bool)] {
      var gate = try Gate([Self.credential()])
      _ = try gate.take(Self.keys(sender))
      gate.now = Self.now + wait
      #expect(try gate.take([Self.command(sender, Self.envelope())]).knocks.isEmpty != opens)
    }
  }

  @Test func scopes() throws {
    let (one, two) = (try Sender("192.0.2.7"), try Sender("192.0.2.8"))
    let mixed = try zip(Self.keys(one), Self.keys(two)).enumerated().map { $0 % 2 == 0 ? $1.0 : $1.1 }
    for isGlobal in [false, true] {
      var gate = try Gate([Self.credential(isGlobal: isGlobal)])
      #expect(try gate.take(mixed + [Self.command(one, Self.envelope())]).knocks.isEmpty != isGlobal)
    }
    var gate = try Gate([Self.credential()])
    let both = try zip(Self.keys(one), Self.keys(two)).flatMap { [$0, $1] }
    let commands = [try Self.command(one, Self.envelope()), try Self.command(two, Self.envelope(at: Self.now + 1))]
    #expect(try gate.take(both + commands).knocks.count == 2)
  }

  @Test func emptyCommands() throws {
    let sender = try Sender()
    let packets = try Self.keys(sender) + [Self.command(sender, [])]
    var shut = try Gate([Self.credential()])
    #expect(try shut.take(packets).last == .refused(.wrongLength))
    var gate = try Gate([Self.credential(empty: true)])
    let knock = try #require(try gate.take(packets).last?.knock)
    #expect(knock.strength == .plain && knock.wish == .door(nil) && knock.ipv4 == .packetSource(port: nil))
    #expect(try gate.take(packets).last?.knock?.id != knock.id, "nothing is remembered")
  }

  @Test func manyKeysAndScripts() throws {
    let script =
      "keypkt { ip { daddr = any; tcp { dport = 1000; } } } cmdpkt { ip { daddr = any; udp { dport = 123; data = \"ntp\"; } } }"
    let other = SHA256.hash([6])
    let credentials = [
      try Self.credential(), try Self.credential(.sealed(other)), try Self.credential(.sealed(SHA256.hash([7])), script),
      try Self.credential(.legacy(key: CommandVector.key), script),
    ]
    var gate = try Gate(credentials)
    let sender = try Sender()
    let first = try Self.keys(sender) + [Self.command(sender, Self.envelope(Self.order, other))]
    #expect(try gate.take(first).knocks.map(\.key) == [KeyIndex(1)])
    let third = try [sender.syn(1000), Self.command(sender, Self.envelope(Self.order, SHA256.hash([7])))]
    #expect(try gate.take(third).knocks.map(\.key) == [KeyIndex(2)])
    let block = try #require(
      try SadoorEncoder(credentials[3]).block(LegacyCommand(stamp: Self.now, order: .run(Array("x".utf8)))))
    #expect(try gate.take([sender.syn(1000), Self.command(sender, block)]).knocks.map(\.key) == [KeyIndex(3)])
    // A key of one script does not open behind another.
    #expect(try gate.take([sender.syn(1000), Self.command(sender, Self.envelope(at: Self.now + 9))]).knocks.isEmpty)
  }
}

extension Sender {
  /// A step of a knock as a packet to the gateway of the tests.
  func packet(_ step: KnockStep) throws -> [UInt8] {
    var builder = try builder
    if let identification = step.ip.identification { builder.identification = identification }
    if let hopLimit = step.ip.hopLimit { builder.hopLimit = hopLimit }
    switch step.transport {
    case .udp(let source): return builder.udp(from: source?.number ?? 40_000, to: step.port, payload: step.payload)
    case .connect, .stream: return builder.tcp(from: 40_000, to: step.port, flags: .syn, payload: step.payload)
    case .tcp(let tcp):
      return builder.tcp(
        from: tcp.source?.number ?? 40_000, to: step.port, flags: tcp.flags, sequence: tcp.sequence ?? 1,
        acknowledgement: tcp.acknowledgement ?? 0, payload: step.payload)
    case .icmp(let icmp):
      return builder.icmp(
        type: icmp.type ?? 8, code: icmp.code, identifier: icmp.identifier ?? 1, sequence: icmp.sequence, payload: step.payload)
    }
  }
}

extension ReaderGate where Reader == SadoorReader {
  init(_ credentials: [SadoorCredential], at now: Timestamp = SadoorReaderTests.now) throws {
    let keys = credentials.enumerated().map { Registered(KeyIndex($0), $1) }
    self.init(try SadoorReader(keys, now: now, seed: 7), at: now)
  }
}
