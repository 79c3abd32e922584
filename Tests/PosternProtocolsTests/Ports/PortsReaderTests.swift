// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct PortsReaderTests {
  typealias Gate = ReaderGate<PortsReader>

  static let now = Timestamp(seconds: 1_800_000_000)
  static let secret = SHA256.hash([1, 2, 3])

  static func sealed(
    _ secret: Bytes32 = secret, order: PortsCredential.Order = .arrival, base: UInt16 = 32_768
  ) -> PortsCredential {
    PortsCredential(form: .sealed(secret), base: base, window: .seconds(10), order: order, needsSource: false)
  }

  private static func claim(_ v6: Bool = false) -> PortsClaim {
    PortsClaim(
      action: .open, service: Service("tcp/22"),
      address: v6
        ? .v6(.named(IPv6Address(high: 0x2001_0db8_0000_0000, low: 7), port: nil))
        : .v4(.named(IPv4Address(0xc000_0207), port: nil)))
  }

  private static func ports(
    _ credential: PortsCredential = sealed(), v6: Bool = false, counter: Timestamp = now
  ) throws -> [UInt16] {
    try #require(try PortsEncoder(credential).ports(claim(v6), counter: counter))
  }

  // MARK: Vectors

  @Test(arguments: try PortsVector.load()) func sealedVectors(_ vector: PortsVector) throws {
    #expect(try vector.claim.encoded == vector.plain.bytes)
    for order in PortsCredential.Order.allCases {
      let credential = try vector.credential(order)
      #expect(try PortsEncoder(credential).ports(vector.claim, counter: vector.stamp) == vector.ports)
      var gate = try Gate([credential], at: vector.stamp)
      let readings = try gate.take(Sender().syns(vector.ports, nonce: 0xffff_fff0))
      #expect(readings.dropLast().allSatisfy { $0 == .step })
      let knock = try #require(readings.last?.knock)
      #expect(knock.knockProtocol == .ports && knock.key == KeyIndex(0) && knock.strength == .authenticated)
      #expect(knock.id.array == vector.knockId.bytes && knock.stamp == vector.stamp)
      let claim = try vector.claim
      #expect(knock.action == claim.action && knock.wishedLease == UInt32(claim.wishedLease))
      #expect(knock.wish == (claim.service.map { .services([$0]) } ?? .door(nil)))
      switch claim.address {
      case .v4(let address): #expect(knock.ipv4 == address && knock.ipv6 == .none)
      case .v6(let address): #expect(knock.ipv6 == address && knock.ipv4 == .none)
      }
    }
  }

  @Test(arguments: try ClassicVector.load()) func classicVectors(_ vector: ClassicVector) throws {
    let forms: [(PortsCredential.Form, [UInt16], Strength)] = [
      (.legacy(key: ClassicVector.key), vector.cipherPorts, .keyed), (.plain, vector.plainPorts, .plain),
    ]
    for (form, ports, strength) in forms {
      let credential = ClassicVector.credential(form)
      #expect(try PortsEncoder(credential).ports(vector.block) == ports)
      var gate = try Gate([credential], at: Self.now)
      let readings = try gate.take(Sender(vector.ip).syns(ports))
      #expect(readings.dropLast().allSatisfy { $0 == .step })
      let knock = try #require(readings.last?.knock)
      #expect(knock.strength == strength && knock.action == (vector.time == 0 ? .close : .open))
      #expect(knock.wish == .services([Service(.tcp, try #require(Port(vector.port)))]))
      #expect(knock.ipv4 == .named(try #require(IPv4Address(vector.ip)), port: nil) && knock.ipv6 == .none)
      #expect(knock.wishedLease == (vector.time == 255 ? .max : UInt32(vector.time) * 60))
      // The same ports are the same knock, which the memory of spent ones then refuses.
      #expect(try gate.take(Sender(vector.ip).syns(ports)).last?.knock?.id == knock.id)
      // From elsewhere they are none, unless the key does not mind.
      #expect(try gate.take(Sender("203.0.113.9").syns(ports)).last == .refused(.sourceMismatch))
      var easy = try Gate([ClassicVector.credential(form, needsSource: false)], at: Self.now)
      #expect(try easy.take(Sender("203.0.113.9").syns(ports)).last?.knock?.ipv4 == knock.ipv4)
    }
  }

  // MARK: What spoils a sequence

  @Test(arguments: [false, true]) func everyFlippedBitIsRefused(_ v6: Bool) throws {
    let ports = try Self.ports(v6: v6)
    for position in ports.indices {
      for bit in 0..<15 {
        var changed = ports
        changed[position] = ((ports[position] - 32_768) ^ (1 << UInt16(bit))) + 32_768
        var gate = try Gate([Self.sealed()], at: Self.now)
        #expect(try gate.take(Sender().syns(changed)).knocks.isEmpty, "port \(position) bit \(bit)")
      }
    }
    var gate = try Gate([Self.sealed()], at: Self.now)
    #expect(try gate.take(Sender().syns(ports)).knocks.count == 1)
  }

  @Test func everyFlippedBitOfAClassicBlockIsRefused() throws {
    let vector = try #require(try ClassicVector.load().first)
    for (form, ports) in [(PortsCredential.Form.legacy(key: ClassicVector.key), vector.cipherPorts), (.plain, vector.plainPorts)]
    {
      for bit in 0..<64 {
        var changed = ports
        changed[bit / 8] = ((ports[bit / 8] - ClassicVector.base) ^ (1 << UInt16(bit % 8))) + ClassicVector.base
        var gate = try Gate([ClassicVector.credential(form)], at: Self.now)
        #expect(try gate.take(Sender(vector.ip).syns(changed)).knocks.isEmpty, "bit \(bit)")
      }
      var gate = try Gate([ClassicVector.credential(form)], at: Self.now)
      #expect(try gate.take(Sender(vector.ip).syns(ports)).knocks.count == 1)
    }
  }

  @Test func everyMissingPacketSpoilsIt() throws {
    for order in PortsCredential.Order.allCases {
      let credential = Self.sealed(order: order)
      let ports = try Self.ports(credential)
      let packets = try Sender().syns(ports, nonce: 77)
      for missing in packets.indices {
        var gate = try Gate([credential], at: Self.now)
        var rest = packets
        rest.remove(at: missing)
        #expect(try gate.take(rest).knocks.isEmpty, "\(order) \(missing)")
        // A late one makes a sequence whole whose order does not depend on it.
        let late = try gate.take([packets[missing]]).knocks.count
        #expect(late == (order == .sequence || missing == packets.count - 1 ? 1 : 0), "\(order) \(missing)")
      }
    }
  }

  @Test func orderBySequenceNumber() throws {
    let credential = Self.sealed(order: .sequence)
    for (seed, v6) in [(1, false), (2, true), (3, false), (4, true)] as [(UInt64, Bool)] {
      let ports = try Self.ports(credential, v6: v6)
      var dice = Dice(seed)
      var packets = try Sender().syns(ports, nonce: 0xffff_ffff - 5)
      packets.shuffle(using: &dice)
      // Others of the same source among them, and some that come twice.
      packets.insert(try Sender().syn(40_000, sequence: 900), at: 3)
      packets.insert(packets[5], at: 8)
      var gate = try Gate([credential], at: Self.now)
      #expect(try gate.take(packets).knocks.count == 1)
      var strict = try Gate([Self.sealed()], at: Self.now)
      #expect(try strict.take(packets).knocks.isEmpty, "order of arrival is another")
    }
  }

  @Test func oneNumberTooManyInARowIsNone() throws {
    let credential = Self.sealed(order: .sequence)
    let ports = try Self.ports(credential)
    var gate = try Gate([credential], at: Self.now)
    var packets = try Sender().syns(ports, nonce: 100)
    packets.insert(try Sender().syn(40_000, sequence: 99), at: 0)
    #expect(try gate.take(packets).knocks.isEmpty)
  }

  @Test func strayPacketsBeforeItDoNotSpoilIt() throws {
    var gate = try Gate([Self.sealed()], at: Self.now)
    let ports = try Self.ports()
    // The first of them looks like the beginning of a sequence.
    let strays = [ports[0], 40_001, 50_000, ports[0]]
    #expect(try gate.take(Sender().syns(strays + ports)).knocks.count == 1)
  }

  @Test func aSequenceThatAnOlderAttemptPrecedesIsWhole() throws {
    let ports = try Self.ports(counter: Self.now + .seconds(9))
    var gate = try Gate([Self.sealed()], at: Self.now)
    _ = try gate.take(Sender().syns([ports[0]]))
    // The window of the stray packet ends in the middle.
    gate.now = Self.now + .seconds(9) + 995
    #expect(try gate.take(Sender().syns(ports)).knocks.count == 1)
  }

  @Test func theWindowCounts() throws {
    for (gap, opens) in [(9_900, true), (10_100, false)] as [(Int64, Bool)] {
      for order in PortsCredential.Order.allCases {
        let packets = try Sender().syns(Self.ports(Self.sealed(order: order)))
        var gate = try Gate([Self.sealed(order: order)], at: Self.now)
        _ = try gate.take(Array(packets.dropLast()))
        gate.now = Self.now + gap
        #expect(try gate.take(Array(packets.suffix(1))).knocks.isEmpty != opens, "\(gap) ms, \(order)")
      }
    }
  }

  @Test func countersOutsideTheWindowAreRefused() throws {
    let cases: [(Int64, Denial?)] = [(-60, nil), (-61, .stale), (14, nil), (16, .future)]
    for (seconds, denial) in cases {
      var gate = try Gate([Self.sealed()], at: Self.now)
      let ports = try Self.ports(counter: Self.now + .seconds(seconds) + 25)
      let last = try gate.take(Sender().syns(ports)).last
      if let denial { #expect(last == .refusedKnown(denial, KeyIndex(0)), "\(seconds) s") } else { #expect(last?.knock != nil) }
    }
    // What is not even near looks like nothing.
    var gate = try Gate([Self.sealed()], at: Self.now)
    #expect(try gate.take(Sender().syns(Self.ports(counter: Self.now + .seconds(-86_400)))).knocks.isEmpty)
  }

  @Test func otherPacketsAreNone() throws {
    var gate = try Gate([Self.sealed()], at: Self.now)
    let sender = try Sender()
    let ports = try Self.ports()
    #expect(try gate.take([sender.syn(80)]) == [.refused(.outOfSequence)])
    #expect(try gate.take([sender.builder.udp(from: 1, to: ports[0], payload: [])]) == [.refused(.wrongTransport)])
    for flags in [TCPHeader.Flags.ack, [.syn, .ack], [.syn, .rst], [.syn, .fin]] {
      #expect(try gate.take([sender.syn(ports[0], flags: flags)]) == [.refused(.wrongTransport)])
    }
    #expect(try gate.take(sender.syns(ports)).knocks.count == 1)
  }

  @Test func passersByTakeNoPlace() throws {
    var gate = try Gate([Self.sealed()], at: Self.now)
    for port in UInt16(32_768)...33_400 where port != (try Self.ports())[0] {
      #expect(try gate.take([Sender().syn(port)]) == [.refused(.outOfSequence)])
    }
  }

  // MARK: Many

  @Test func manyKeysAndForms() throws {
    let other = SHA256.hash([9])
    let credentials = [
      Self.sealed(), Self.sealed(other), Self.sealed(SHA256.hash([10]), order: .sequence, base: 20_000),
      ClassicVector.credential(.legacy(key: ClassicVector.key)),
      ClassicVector.credential(.legacy(key: Array("another key".utf8))),
      ClassicVector.credential(.plain),
    ]
    var gate = try Gate(credentials, at: Self.now)
    for (index, credential) in credentials.enumerated() {
      let encoder = try PortsEncoder(credential)
      let block = ClassicBlock(address: IPv4Address(0xc000_0207), port: try #require(Port(22)), time: .minutes(UInt8(index + 1)))
      let ports = try encoder.ports(Self.claim(), counter: gate.now) ?? encoder.ports(block)
      let knocks = try gate.take(Sender().syns(try #require(ports), nonce: UInt32(1000 * index))).knocks
      #expect(knocks.map(\.key) == [KeyIndex(index)])
    }
  }

  @Test func keysOfAnotherSpanDoNotCount() throws {
    var gate = try Gate([Self.sealed(), Self.sealed(SHA256.hash([9]), base: 20_000)], at: Self.now)
    let ports = try Self.ports().map { $0 - 12_768 }
    #expect(try gate.take(Sender().syns(ports)).last == .refused(.badSeal))
  }

  @Test func sourcesAreApart() throws {
    var gate = try Gate([Self.sealed()], at: Self.now)
    let one = try Sender("192.0.2.7").syns(Self.ports())
    let two = try Sender("192.0.2.8").syns(Self.ports(counter: Self.now + 1))
    let three = try Sender("2001:db8::9").syns(Self.ports(counter: Self.now + 2))
    let mixed = zip(zip(one, two), three).flatMap { [$0.0, $0.1, $1] }
    #expect(try gate.take(mixed).knocks.count == 3)
  }

  @Test func aFloodOfBeginningsDoesNotPushOutWhoHasBegun() throws {
    var gate = try Gate([Self.sealed()], at: Self.now)
    let ports = try Self.ports()
    let packets = try Sender().syns(ports)
    var dice = Dice(5)
    var knocks = try gate.take(Array(packets.prefix(2))).knocks
    for packet in packets.dropFirst(2) {
      for _ in 0..<2000 {
        let address = IPAddress.v4(IPv4Address(UInt32.random(in: 0x0100_0000...0x7eff_ffff, using: &dice)))
        let builder = try #require(PacketBuilder(from: address, to: Sender.gateway4))
        let first = builder.tcp(from: 1, to: ports[0], flags: .syn)
        _ = try first.withBytes { try gate.reader.read(PacketView($0), at: gate.now) }
      }
      knocks += try gate.take([packet]).knocks
    }
    #expect(knocks.count == 1)
  }
}

extension ReaderGate where Reader == PortsReader {
  init(_ credentials: [PortsCredential], at now: Timestamp) throws {
    let keys = credentials.enumerated().map { Registered(KeyIndex($0), $1) }
    self.init(try PortsReader(keys, now: now, seed: 7), at: now)
  }
}
