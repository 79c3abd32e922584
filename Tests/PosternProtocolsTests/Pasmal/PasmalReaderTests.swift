// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct PasmalReaderTests {
  static let start = Timestamp(seconds: 1_800_000_000)
  static let secret = Bytes32(Array(0..<32)) ?? .zero
  static let other = Bytes32(Array(1..<33)) ?? .zero

  /// A reader with these keys.
  private final class Desk {
    var reader: PasmalReader
    private let source: String
    var milliseconds: Int64 = 0

    init(_ credentials: PasmalCredential..., from source: String = "192.0.2.7") throws {
      reader = try PasmalReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 7, capacity: 1024)
      self.source = source
    }

    func read(_ bytes: [UInt8]) throws -> Reading {
      milliseconds += 1
      return try bytes.withBytes { try reader.read(PacketView($0), at: PasmalReaderTests.start + .milliseconds(milliseconds)) }
    }

    func read(_ step: KnockStep) throws -> Reading { try read(try PasmalReaderTests.packet(step, from: source)) }

    func words(_ steps: [KnockStep]) throws -> [String] { try steps.map { try read($0).word } }
    func words(_ packets: String...) throws -> [String] { try packets.map { try read(SequencePacket(word: $0).bytes()).word } }
  }

  /// The packet that a step is on the way.
  static func packet(_ step: KnockStep, from source: String = "192.0.2.7") throws -> [UInt8] {
    let gateway = source.contains(":") ? "2001:db8::1" : "192.0.2.1"
    let builder = try #require(
      IPAddress(source).flatMap { from in IPAddress(gateway).flatMap { PacketBuilder(from: from, to: $0) } })
    switch step.transport {
    case .udp: return builder.udp(from: 40_000, to: step.port, payload: step.payload)
    case .connect: return builder.tcp(from: 40_000, to: step.port, flags: .syn, sequence: 0)
    case .tcp(let fields):
      return builder.tcp(from: 40_000, to: step.port, flags: fields.flags, sequence: fields.sequence ?? 0)
    case .icmp(let fields):
      return builder.echoRequest(identifier: fields.identifier ?? 1, sequence: fields.sequence, payload: step.payload)
    case .stream: throw WireError.malformed
    }
  }

  private static func port(_ number: UInt16) throws -> Port { try #require(Port(number)) }

  private static func screen(_ secret: Bytes32 = secret) -> PasmalCredential.Screen {
    PasmalCredential.Screen(secret: secret, base: 32_768, span: 1024, packets: 64, real: 8)
  }

  private static func key(
    _ opener: [PasmalCredential.Step]? = nil, screen: PasmalCredential.Screen? = screen(), password: UInt16? = nil,
    timeout: Timestamp.Span = .seconds(30)
  ) throws -> PasmalCredential {
    PasmalCredential(
      opener: try opener ?? [.tcp(port(7000), .syn), .udp(port(7001))], screen: screen, passwordPort: try password.map(port),
      timeout: timeout)
  }

  private func steps(
    _ key: PasmalCredential, _ number: UInt64 = 1, password: PasmalEncoder.Password? = nil, noise: UInt8 = 0
  ) throws -> [KnockStep] {
    let noise = (0..<256).map { UInt8(truncatingIfNeeded: $0 * 37) &* noise }
    return try #require(
      PasmalEncoder.steps(key, number: number, password: password, noise: noise, pause: Timestamp.Span(nanoseconds: 0)))
  }

  // MARK: Vectors, made by another implementation of the page

  struct Vector: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let step: PasmalCredential.Step
    let number: UInt64
    let places: [Int]
    let ports: [UInt16]
    let id: String
  }

  static var vectors: [Vector] {
    get throws {
      [
        Vector(
          testDescription: "udp", step: .udp(try port(7001)), number: 0x0102_0304_0506_0708,
          places: [12, 17, 21, 24, 30, 40, 60, 62], ports: [32959, 33169, 33732, 33379, 33175, 33000, 33108, 33298],
          id: "a025fb779d7abae83e82983f5a627c60"),
        Vector(
          testDescription: "tcp", step: .tcp(try port(7001), .syn), number: 0x1234, places: [6, 11, 12, 30, 40, 46, 48, 49],
          ports: [33374, 33499, 33366, 33045, 33425, 33709, 33590, 33393], id: "b9d7f89380a31ef3238bb518c9a75f13"),
        Vector(
          testDescription: "echo", step: .echo(identifier: nil, sequence: nil, length: 3), number: 0xcafe_0007,
          places: [0, 5, 8, 15, 16, 37, 39, 43], ports: [33144, 32841, 32826, 33151, 33399, 33246, 32784, 33082],
          id: "05dd811bcf36b2fb4e447375b12dba11"),
      ]
    }
  }

  @Test func vectors() throws {
    for vector in try Self.vectors {
      let key = try Self.key([vector.step])
      let steps = try steps(key, vector.number)
      let stream = Array(steps.dropFirst())
      #expect(stream.count == 64 && vector.places.map { stream[$0].port } == vector.ports, "\(vector)")
      let desk = try Desk(key)
      guard case .knock(let knock)? = try steps.map({ try desk.read($0) }).first(where: { $0.word.hasPrefix("open") }) else {
        Issue.record("\(vector): no knock")
        continue
      }
      #expect(knock.id == Hex.decode(vector.id).flatMap { Bytes16($0) } && knock.oneTime.index == vector.number)
      #expect(knock.strength == .keyed && knock.knockProtocol == .pasmal && knock.ipv4 == .packetSource(port: nil))
    }
  }

  // MARK: Plain sequences

  private func plain() throws -> PasmalCredential {
    try Self.key(
      [.tcp(Self.port(7000), .syn), .udp(Self.port(7001)), .echo(identifier: 1, sequence: nil, length: 0)], screen: nil)
  }

  @Test func aPlainSequence() throws {
    #expect(try Desk(plain()).words("tcp/7000", "udp/7001", "echo") == ["step", "step", "open 0"])
    guard case .knock(let knock) = try Desk(Self.key([.udp(Self.port(9))], screen: nil)).read(.udp(9)) else {
      throw WireError.malformed
    }
    #expect(knock.strength == .plain && knock.oneTime == .none)
  }

  @Test func aScanOpensNothing() throws {
    #expect(
      try Desk(plain()).words("tcp/7000", "udp/7000", "udp/7001", "echo")
        == ["step", "out-of-sequence", "out-of-sequence", "out-of-sequence"])
    #expect(try Desk(plain()).words("tcp/7000", "tcp/7000", "udp/7001", "echo") == ["step", "step", "step", "open 0"])
  }

  @Test func theTimeRunsFromTheFirstPacket() throws {
    let desk = try Desk(plain())
    #expect(try desk.words("tcp/7000", "udp/7001") == ["step", "step"])
    desk.milliseconds += 30_000
    #expect(try desk.words("echo") == ["out-of-sequence"])
  }

  @Test func fieldsOfAnEcho() throws {
    let key = try Self.key([.echo(identifier: 7, sequence: 2, length: 5)], screen: nil)
    let good = KnockStep(.icmp(.init(identifier: 7, sequence: 2)), port: 0, payload: [1, 2, 3, 4, 5])
    var others = [good, good, good]
    others[0].transport = .icmp(.init(identifier: 8, sequence: 2))
    others[1].transport = .icmp(.init(identifier: 7, sequence: 3))
    others[2].payload = [1]
    #expect(try Desk(key).words(others + [good]) == Array(repeating: "out-of-sequence", count: 3) + ["open 0"])
  }

  // MARK: The screen

  @Test func decoysAreIgnoredAndTheLastRealPacketOpens() throws {
    let key = try Self.key()
    for noise in UInt8(0)..<20 {
      let desk = try Desk(key)
      let words = try desk.words(steps(key, UInt64(noise) + 1, noise: noise))
      #expect(words.count { $0 == "open 0" } == 1)
      #expect(words.prefix { $0 != "open 0" }.allSatisfy { $0 == "step" })
      #expect(desk.reader.attemptCount == 0)
    }
  }

  @Test func overIPv6() throws {
    let key = try Self.key()
    #expect(try Desk(key, from: "2001:db8::7").words(steps(key)).contains("open 0"))
  }

  @Test func everyRealPacketIsNeededAndInOrder() throws {
    let key = try Self.key()
    let all = try steps(key)
    let real = all.indices.dropFirst(2).filter { all[$0].port != 32_768 }
    #expect(real.count == 8)
    for place in real {
      var lost = all
      lost.remove(at: place)
      #expect(try !Desk(key).words(lost).contains("open 0"))
    }
    var turned = all
    turned.swapAt(real[3], real[4])
    #expect(try !Desk(key).words(turned).contains("open 0"))
    // Lost decoys do no harm.
    #expect(try Desk(key).words(all.filter { $0.port != 32_768 }).contains("open 0"))
  }

  @Test func anotherSecretOpensNothing() throws {
    let stranger = try Self.key(screen: Self.screen(Self.other))
    #expect(try !Desk(Self.key()).words(steps(stranger)).contains("open 0"))
  }

  @Test func theStreamEnds() throws {
    let key = try Self.key()
    let all = try steps(key)
    let real = all.dropFirst(2).filter { $0.port != 32_768 }
    let decoys = { (count: Int) in Array(repeating: KnockStep.udp(32_768), count: count) }
    #expect(try Desk(key).words(all.prefix(2) + decoys(72) + real).contains("open 0"))
    #expect(try !Desk(key).words(all.prefix(2) + decoys(80) + real).contains("open 0"))
  }

  /// Any bit of the opener's number leads to other ports; the unflipped number opens in the same test.
  @Test func everyFlippedBitOfTheNumber() throws {
    let key = try Self.key()
    let all = try steps(key, 0x0102_0304_0506_0708)
    for bit in 0..<64 {
      var flipped = all
      flipped[1].payload[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try !Desk(key).words(flipped).contains("open 0"), "bit \(bit)")
    }
    for length in 0..<8 {
      var cut = all
      cut[1].payload = Array(cut[1].payload.prefix(length))
      #expect(try !Desk(key).words(cut).contains("open 0"), "\(length) bytes")
    }
    #expect(try Desk(key).words(all).contains("open 0"))
  }

  @Test func numbersThatAnOpenerCannotCarry() throws {
    let tcp = try Self.key([.tcp(Self.port(1), .syn)])
    let pause = Timestamp.Span(nanoseconds: 0)
    let noise = [UInt8](repeating: 0, count: 128)
    #expect(PasmalEncoder.steps(tcp, number: 0x1_0000, password: nil, noise: noise, pause: pause) == nil)
    #expect(PasmalEncoder.steps(tcp, number: 0, password: nil, noise: noise, pause: pause) == nil)
    #expect(PasmalEncoder.steps(tcp, number: 0xffff, password: nil, noise: noise, pause: pause) != nil)
    #expect(PasmalEncoder.steps(tcp, number: 1, password: nil, noise: [], pause: pause) == nil)
  }

  // MARK: Passwords

  @Test func aPasswordOfAChain() throws {
    let key = try Self.key(screen: nil, password: 7002)
    let desk = try Desk(key)
    let readings = try steps(key, password: .link(Self.other)).map { try desk.read($0) }
    guard case .knock(let knock) = readings[2] else { throw WireError.malformed }
    #expect(knock.oneTime == OneTimeClaim(link: Self.other) && knock.totp == nil && knock.strength == .keyed)
  }

  @Test func aCodeBehindTheScreen() throws {
    let key = try Self.key(password: 7002)
    let desk = try Desk(key)
    let readings = try steps(key, 9, password: .code(1234, digits: 6)).map { try desk.read($0) }
    guard case .knock(let knock)? = readings.last else { throw WireError.malformed }
    #expect(knock.oneTime == OneTimeClaim(index: 9) && knock.totp == 1234)
  }

  @Test(arguments: [[], [1], Array("12345".utf8), Array("1234567890".utf8), Array("12345a".utf8), Array(repeating: 0, count: 31)])
  func otherDataIsNoPassword(_ data: [UInt8]) throws {
    let key = try Self.key(screen: nil, password: 7002)
    let desk = try Desk(key)
    _ = try steps(key, password: .link(Self.other)).prefix(2).map { try desk.read($0) }
    #expect(try desk.read(.udp(7002, data)).word == "out-of-sequence")
    #expect(try desk.read(.udp(7002, Self.other.array)).word == "open 0", "the attempt stands")
  }

  @Test func severalKeysOfOneBeginning() throws {
    let keys = (try Self.key(), try Self.key(screen: Self.screen(Self.other)))
    #expect(try Desk(keys.0, keys.1).words(steps(keys.1)).contains("open 1"))
    #expect(try Desk(keys.0, keys.1).words(steps(keys.0)).contains("open 0"))
  }
}
