// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct RollingReaderTests {
  typealias Gate = ReaderGate<RollingReader>

  /// The middle of a step of thirty seconds.
  static let now = Timestamp(seconds: 1_800_000_015)

  static func credential(
    _ secret: UInt8 = 1, transport: RollingCredential.Transport = .tcp, binds: Bool = true, count: UInt8 = 8, step: UInt16 = 30
  ) -> RollingCredential {
    RollingCredential(
      secret: SHA256.hash([secret]), door: DoorID(0), transport: transport, base: 32_768, portCount: count, stepLength: step,
      window: .seconds(10), bindsSource: binds)
  }

  private static func ports(
    _ credential: RollingCredential = credential(), at now: Timestamp = now, from source: String = "192.0.2.7"
  ) throws -> [UInt16] {
    let address: IPAddress = try #require(IPAddress(source))
    return RollingEncoder(credential).ports(at: now, source: address)
  }

  @Test(arguments: try RollingVector.load()) func vectors(_ vector: RollingVector) throws {
    for transport in RollingCredential.Transport.allCases {
      let credential = try vector.credential(transport)
      #expect(try Self.ports(credential, at: vector.now, from: vector.source) == vector.ports)
      var gate = try Gate([credential], at: vector.now)
      let sender = try Sender(vector.source)
      let packets = try vector.ports.map { port in
        switch transport {
        case .tcp: try sender.syn(port)
        case .udp: try sender.builder.udp(from: 40_000, to: port, payload: [])
        }
      }
      let readings = try gate.take(packets)
      #expect(readings.dropLast().allSatisfy { $0 == .step })
      let knock = try #require(readings.last?.knock)
      #expect(knock.knockProtocol == .rolling && knock.id.array == vector.knockId.bytes && knock.wish == .door(nil))
      #expect(knock.strength == (vector.binds ? .authenticated : .keyed))
      if vector.binds { #expect(knock.stamp == Timestamp(seconds: vector.step * UInt64(vector.stepLength))) }
      switch sender.address {
      case .v4(let address):
        #expect(knock.ipv4 == (vector.binds ? .named(address, port: nil) : .packetSource(port: nil)) && knock.ipv6 == .none)
      case .v6(let address): #expect(knock.ipv6 == .named(address, port: nil) && knock.ipv4 == .none)
      }
    }
  }

  @Test func anotherSourceCannotUseIt() throws {
    var gate = try Gate([Self.credential()])
    let ports = try Self.ports()
    #expect(try gate.take(Sender("192.0.2.8").syns(ports)).knocks.isEmpty)
    #expect(try gate.take(Sender().syns(ports)).knocks.count == 1)
    // Where nothing is bound the same ports do.
    let free = Self.credential(binds: false)
    var easy = try Gate([free])
    let id = try easy.take(Sender("192.0.2.8").syns(Self.ports(free))).knocks.first?.id
    #expect(try id != nil && easy.take(Sender().syns(Self.ports(free))).knocks.first?.id == id, "and they are one knock")
  }

  /// A step before and after its own, and no more; its identity stays, so that it counts once.
  @Test func stepsAround() throws {
    let ports = try Self.ports()
    let own = try #require(
      try {
        var gate = try Gate([Self.credential()])
        return try gate.take(Sender().syns(ports)).knocks.first
      }())
    for (seconds, opens) in [(-46, false), (-45, true), (-16, true), (0, true), (44, true), (46, false)] as [(Int64, Bool)] {
      var gate = try Gate([Self.credential()], at: Self.now + .seconds(seconds))
      let knocks = try gate.take(Sender().syns(ports)).knocks
      #expect(knocks.map(\.id) == (opens ? [own.id] : []), "\(seconds) s")
      #expect(knocks.allSatisfy { $0.stamp == own.stamp })
    }
  }

  @Test func stampsLieWithinTheMemory() throws {
    let window = try #require(KnockProtocol.rolling.window)
    for step in [RollingCredential.stepLengths.lowerBound, RollingCredential.stepLengths.upperBound] {
      let length = Int64(step)
      // The first and the last moment at which a step is accepted, counted from its start.
      #expect(Timestamp.Span.seconds(length) <= window.future)
      #expect(Timestamp.Span.seconds(2 * length) <= window.past)
      // An unbound one bears the time of its receipt, and could come again until its step is over.
      #expect(Timestamp.Span.seconds(3 * length) <= window.past)
    }
  }

  @Test func thatTheStepEndsMeanwhileIsTold() throws {
    let credential = Self.credential(step: 5)
    let start = Timestamp(seconds: 1_800_000_000)
    let packets = try Sender().syns(Self.ports(credential, at: start))
    var gate = try Gate([credential], at: start + .seconds(9))
    _ = try gate.take(Array(packets.dropLast()))
    gate.now = start + .seconds(10)
    #expect(try gate.take(Array(packets.suffix(1))).last == .refusedKnown(.stale, KeyIndex(0)))
  }

  @Test func everyFlippedBitAndMissingPacketIsRefused() throws {
    let ports = try Self.ports()
    for position in ports.indices {
      for bit in 0..<15 {
        var changed = ports
        changed[position] = ((ports[position] - 32_768) ^ (1 << UInt16(bit))) + 32_768
        var gate = try Gate([Self.credential()])
        #expect(try gate.take(Sender().syns(changed)).knocks.isEmpty, "port \(position) bit \(bit)")
      }
      var rest = ports
      rest.remove(at: position)
      var gate = try Gate([Self.credential()])
      #expect(try gate.take(Sender().syns(rest)).knocks.isEmpty, "without \(position)")
    }
    var gate = try Gate([Self.credential()])
    #expect(try gate.take(Sender().syns(ports)).knocks.count == 1)
  }

  /// Who knows all but one port cannot try his way through.
  @Test func aWrongPortEndsTheAttempt() throws {
    let ports = try Self.ports()
    var gate = try Gate([Self.credential()])
    _ = try gate.take(Sender().syns(Array(ports.dropLast())))
    let guess = ports[7] == 50_000 ? 50_001 : UInt16(50_000)
    #expect(try gate.take(Sender().syns([guess])) == [.refused(.outOfSequence)])
    #expect(try gate.take(Sender().syns([ports[7]])).knocks.isEmpty)
    #expect(try gate.take(Sender().syns(ports)).knocks.count == 1)
  }

  @Test func repeatedPacketsAndOtherPortsAreIgnored() throws {
    let ports = try Self.ports()
    var gate = try Gate([Self.credential()])
    let packets = try ports.flatMap { try [Sender().syn($0), Sender().syn($0), Sender().syn(443)] }
    let readings = try gate.take(packets)
    #expect(readings.knocks.count == 1)
    #expect(readings[1] == .step && readings[2] == .refused(.outOfSequence))
  }

  @Test func theWindowCounts() throws {
    for (gap, opens) in [(9_900, true), (10_100, false)] as [(Int64, Bool)] {
      let packets = try Sender().syns(Self.ports())
      var gate = try Gate([Self.credential()])
      _ = try gate.take(Array(packets.dropLast()))
      gate.now = Self.now + gap
      #expect(try gate.take(Array(packets.suffix(1))).knocks.isEmpty != opens, "\(gap) ms")
    }
  }

  @Test func keysAreFoundAmongMany() throws {
    let credentials = (0..<200).map { number in
      RollingCredential(
        secret: SHA256.hash([UInt8(number)]), door: DoorID(0), transport: .tcp, base: 32_768, portCount: 8,
        stepLength: number % 2 == 0 ? 30 : 20, window: .seconds(10), bindsSource: true)
    }
    var gate = try Gate(credentials)
    for (number, credential) in credentials.enumerated() {
      let knocks = try gate.take(Sender().syns(Self.ports(credential))).knocks
      #expect(knocks.map(\.key) == [KeyIndex(number)])
    }
  }

  @Test func twoOfOneAddressAtOnce() throws {
    var gate = try Gate([Self.credential(1), Self.credential(2)])
    let one = try Sender().syns(Self.ports(Self.credential(1)))
    let two = try Sender().syns(Self.ports(Self.credential(2)))
    #expect(try gate.take([one[0], one[1]]).knocks.isEmpty)
    // The second begins only where the first is not disturbed by it: its packets are ones that somebody waits for.
    var mixed: [[UInt8]] = Array(one.dropFirst(2))
    mixed += two
    #expect(try gate.take(mixed).knocks.map(\.key) == [KeyIndex(0), KeyIndex(1)])
  }

  @Test func otherPacketsAreNone() throws {
    var gate = try Gate([Self.credential()])
    let (sender, ports) = (try Sender(), try Self.ports())
    #expect(try gate.take([sender.syn(80)]) == [.refused(.outOfSequence)])
    #expect(try gate.take([sender.syn(ports[0], flags: [.syn, .ack])]) == [.refused(.wrongTransport)])
    #expect(try gate.take([sender.builder.udp(from: 1, to: ports[0], payload: [])]) == [.refused(.outOfSequence)])
    #expect(try gate.take([sender.builder.echoRequest(identifier: 1, sequence: 1, payload: [])]) == [.refused(.wrongTransport)])
  }
}

extension ReaderGate where Reader == RollingReader {
  init(_ credentials: [RollingCredential], at now: Timestamp = RollingReaderTests.now) throws {
    let keys = credentials.enumerated().map { Registered(KeyIndex($0), $1) }
    self.init(try RollingReader(keys, now: now, seed: 7), at: now)
  }
}
