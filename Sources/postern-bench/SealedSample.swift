// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// Packets of knocks that carry a secret, and the reader that decides them among many keys.
struct SealedSample {
  enum Reader: String, CaseIterable {
    case ports, legacy, sadoor, rolling, pasmal
  }

  enum Packets: String, CaseIterable {
    /// Whole knocks, each of a source of its own.
    case knocks
    /// Packets of strangers to ports where knocks come.
    case junk
  }

  let reader: Reader
  let packets: Packets
  let keys: Int

  static func all(_ keys: Int) -> [SealedSample] {
    Reader.allCases.flatMap { reader in Packets.allCases.map { SealedSample(reader: reader, packets: $0, keys: keys) } }
  }

  private static let start = Timestamp(seconds: 1_800_000_000)
  private static let script = """
    keypkt { ip { daddr = any; tcp { dport = 40000; flags = S; } } }
    cmdpkt { ip { daddr = any; udp { dport = 40001; } } }
    """

  /// The time of all packets together and their number; every knock has to be one.
  func measure(_ knocks: Int) throws -> (nanoseconds: UInt64, packets: Int) {
    let packets = try packets == .knocks ? (0..<knocks).flatMap { try knock($0) } : (0..<knocks).map { junk($0) }
    let time =
      switch reader {
      case .ports, .legacy: try measurePorts(packets)
      case .sadoor: try measureSadoor(packets)
      case .rolling: try measureRolling(packets)
      case .pasmal: try measurePasmal(packets)
      }
    guard time.knocks == (self.packets == .knocks ? knocks : 0) else {
      throw BenchFailure("\(time.knocks) of \(knocks) knocks of \(reader.rawValue): \(self.packets.rawValue)")
    }
    return (time.nanoseconds, packets.count)
  }

  private func measurePorts(_ packets: [[UInt8]]) throws -> ReadingTime {
    let keys = reader == .legacy ? min(keys, PortsCredential.legacyKeys) : keys
    var reader = try PortsReader((0..<keys).map { Registered(KeyIndex($0), ports($0)) }, now: Self.start, seed: 1)
    return ReadingTime(packets) { reader.read($0, at: Self.start) }
  }

  private func measureSadoor(_ packets: [[UInt8]]) throws -> ReadingTime {
    var reader = try SadoorReader(
      try (0..<keys).map { Registered(KeyIndex($0), try sadoor($0)) }, now: Self.start, seed: 1)
    return ReadingTime(packets) { reader.read($0, at: Self.start) }
  }

  private func measureRolling(_ packets: [[UInt8]]) throws -> ReadingTime {
    var reader = try RollingReader((0..<keys).map { Registered(KeyIndex($0), rolling($0)) }, now: Self.start, seed: 1)
    return ReadingTime(packets) { reader.read($0, at: Self.start) }
  }

  /// All openers are the same: with more keys each of them would be tried.
  private func measurePasmal(_ packets: [[UInt8]]) throws -> ReadingTime {
    var reader = try PasmalReader([Registered(KeyIndex(0), Self.pasmal)], seed: 1)
    return ReadingTime(packets) { reader.read($0, at: Self.start) }
  }

  // MARK: Packets

  private func knock(_ number: Int) throws -> [[UInt8]] {
    let source = source(number)
    let key = number % keys
    switch reader {
    case .ports:
      let claim = PortsClaim(action: .open, service: Service("tcp/22"), address: .v4(.named(source, port: nil)))
      let counter = Self.start + Timestamp.Span(nanoseconds: Int64(number))
      return syns(source, try PortsEncoder(ports(key)).ports(claim, counter: counter) ?? [])
    case .legacy:
      guard let port = Port(22) else { return [] }
      let block = ClassicBlock(address: source, port: port, time: .minutes(15))
      let key = key % PortsCredential.legacyKeys
      return syns(source, try PortsEncoder(ports(key)).ports(block) ?? [])
    case .sadoor:
      let order = SadoorOrder.door(.init(action: .open, ipv4: .named(source, port: nil), ipv6: .none))
      let counter = Self.start + Timestamp.Span(nanoseconds: Int64(number))
      let command = try SadoorEncoder(sadoor(key)).envelope(order, counter: counter) ?? []
      return syns(source, [40_000]) + [builder(source)?.udp(from: 40_000, to: 40_001, payload: command) ?? []]
    case .rolling: return syns(source, RollingEncoder(rolling(key)).ports(at: Self.start, source: .v4(source)))
    case .pasmal: return pasmal(number, from: source)
    }
  }

  private func pasmal(_ number: Int, from source: IPv4Address) -> [[UInt8]] {
    let noise = (0..<128).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
    let steps = PasmalEncoder.steps(
      Self.pasmal, number: UInt64(number) + 1, password: nil, noise: noise, pause: Timestamp.Span(nanoseconds: 0))
    return steps?.map { builder(source)?.udp(from: 40_000, to: $0.port, payload: $0.payload) ?? [] } ?? []
  }

  private func junk(_ number: Int) -> [UInt8] {
    if reader == .pasmal {
      return builder(source(number))?.udp(from: 40_000, to: UInt16(32_768 + number % 1024), payload: []) ?? []
    }
    let low = reader == .legacy ? 1024 : 32_768
    let span = reader == .legacy ? 256 : 32_768
    return syns(source(number), [UInt16(low + number * 7919 % span)])[0]
  }

  private func source(_ number: Int) -> IPv4Address { IPv4Address(0x0a00_0001 + UInt32(truncatingIfNeeded: number)) }

  private func builder(_ source: IPv4Address) -> PacketBuilder? {
    PacketBuilder(from: .v4(source), to: .v4(IPv4Address(0xcb00_7101)))
  }

  private func syns(_ source: IPv4Address, _ ports: [UInt16]) -> [[UInt8]] {
    let builder = builder(source)
    return ports.map { builder?.tcp(from: 40_000, to: $0, flags: .syn) ?? [] }
  }

  // MARK: Keys

  private static let pasmal = PasmalCredential(
    opener: ["udp/7001"].compactMap { PasmalCredential.Step($0) },
    screen: .init(secret: SHA256.hash(Array("screen".utf8)), base: 32_768, span: 1024, packets: 64, real: 8), passwordPort: nil,
    timeout: .seconds(30))

  private func secret(_ number: Int) -> Bytes32 { SHA256.hash(Array("key \(number)".utf8)) }

  private func ports(_ number: Int) -> PortsCredential {
    let isLegacy = reader == .legacy
    return PortsCredential(
      form: isLegacy ? .legacy(key: Array("key \(number)".utf8)) : .sealed(secret(number)), base: isLegacy ? 1024 : 32_768,
      window: .seconds(10), order: .arrival, needsSource: isLegacy)
  }

  private func sadoor(_ number: Int) throws -> SadoorCredential {
    SadoorCredential(
      form: .sealed(secret(number)), script: try PacketScript(parsing: Self.script), timeout: .seconds(10), isGlobal: false,
      takesEmptyCommand: false)
  }

  private func rolling(_ number: Int) -> RollingCredential {
    RollingCredential(
      secret: secret(number), door: DoorID(0), transport: .tcp, base: 32_768, portCount: 8, stepLength: 30,
      window: .seconds(10), bindsSource: true)
  }
}
