// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// Knocks of one packet, and the reader of a hundred keys (tumbler and header: as many as there can be) that decides them.
struct DatagramSample {
  enum Reader: String, CaseIterable {
    case doorman, tumbler, header, syn
  }

  enum Packets: String, CaseIterable {
    /// What the last key's holder sends.
    case knocks
    /// What is shaped like a knock and is none.
    case forged
    /// What a reader should have been spared.
    case junk
  }

  let reader: Reader
  let packets: Packets

  static let all = Reader.allCases.flatMap { reader in Packets.allCases.map { DatagramSample(reader: reader, packets: $0) } }

  private static let now = Timestamp(seconds: 1_800_000_000)
  private static let client = IPAddress.v4(IPv4Address(0x0a00_0007))
  private static let gateway = IPAddress.v4(IPv4Address(0xcb00_7101))
  private static let keyCount = 100

  /// The time of all packets together; the decisions have to be those that the kind of packets should have.
  func measure(_ count: Int) throws(BenchFailure) -> UInt64 {
    let packet = try packet()
    let time: ReadingTime
    do {
      time = try measured(packet, count)
    } catch {
      throw BenchFailure("libcrypto: \(error)")
    }
    guard time.knocks == (packets == .knocks ? count : 0) else {
      throw BenchFailure("\(time.knocks) knocks of \(count) packets: \(reader.rawValue) \(packets.rawValue)")
    }
    return time.nanoseconds
  }

  private func measured(_ packet: [UInt8], _ count: Int) throws(CryptoError) -> ReadingTime {
    switch reader {
    case .doorman:
      let reader = try DoormanReader(Self.doormanKeys())
      return ReadingTime(repeatElement(packet, count: count)) { reader.read($0, at: Self.now) }
    case .tumbler:
      var reader = try TumblerReader(Self.tumblerKeys(), now: Self.now)
      return ReadingTime(repeatElement(packet, count: count)) { reader.read($0, at: Self.now) }
    case .header:
      let reader = HeaderReader(Self.headerKeys())
      return ReadingTime(repeatElement(packet, count: count)) { reader.read($0, at: Self.now) }
    case .syn:
      var reader = try SynReader(Self.synKeys(), now: Self.now)
      return ReadingTime(repeatElement(packet, count: count)) { reader.read($0, at: Self.now) }
    }
  }

  // MARK: Keys

  private static func secret(_ number: Int) -> [UInt8] { Array("a secret of guest \(number)".utf8) }

  private static func doormanKeys() -> [Registered<DoormanCredential>] {
    guard let port = Port(1001), let ssh = Port(22) else { return [] }
    return (0..<keyCount).map {
      let guest = DoormanCredential(port: port, group: "guest\($0)", secret: secret($0), ports: [ssh], networks: [])
      return Registered(KeyIndex($0), guest)
    }
  }

  private static func tumblerKeys() -> [Registered<TumblerCredential>] {
    guard let port = Port(8675) else { return [] }
    return (0..<TumblerCredential.most).map {
      let door = TumblerCredential(port: port, secret: secret($0), user: nil, time: .standard, separator: ",")
      return Registered(KeyIndex($0), door)
    }
  }

  private static func headerKeys() -> [Registered<HeaderCredential>] {
    (0..<HeaderCredential.most).map {
      let sequence = UInt32($0)
      let trigger = HeaderCredential(
        carrier: .tcp, flagsAsked: 0x17, flagsSet: 0x02,
        conditions: [.init(.port, 1000...10999), .init(.sequence, sequence...sequence)], target: .strip10, allowed: [])
      return Registered(KeyIndex($0), trigger)
    }
  }

  private static func synSecret(_ number: Int) -> Bytes32 { Bytes32(high: Bytes16(high: UInt64(number), low: 1), low: .zero) }

  private static func synKeys() -> [Registered<SynCredential>] {
    (0..<keyCount).map { Registered(KeyIndex($0), SynCredential(secret: synSecret($0), asksForPort: true)) }
  }

  // MARK: Packets

  private func packet() throws(BenchFailure) -> [UInt8] {
    guard let builder = PacketBuilder(from: Self.client, to: Self.gateway) else { throw BenchFailure("no packets") }
    return switch reader {
    case .doorman: builder.udp(from: 40_000, to: 1001, payload: doorman())
    case .tumbler: builder.udp(from: 40_000, to: 8675, payload: tumbler())
    case .header: builder.tcp(from: 40_000, to: 1022, flags: packets == .junk ? .ack : .syn, sequence: header())
    case .syn: syn(builder)
    }
  }

  private func doorman() -> [UInt8] {
    guard packets != .junk, let ssh = Port(22) else { return Array(repeating: 7, count: 60) }
    let last = Self.keyCount - 1
    let key = Self.secret(packets == .knocks ? last : 0)
    return key.withBytes { DoormanEncoder.datagram(asking: ssh, group: "guest\(last)", secret: $0, tag: 7) } ?? []
  }

  private func tumbler() -> [UInt8] {
    guard packets != .junk, let last = Self.tumblerKeys().last else { return Array(repeating: 7, count: TumblerPacket.length) }
    let moment = packets == .knocks ? Self.now : Self.now - .seconds(600)
    return TumblerEncoder.datagram(last.credential, from: Self.client, at: moment)
  }

  private func header() -> UInt32 { packets == .knocks ? UInt32(HeaderCredential.most - 1) : .max }

  /// A forged one has the hint of a key and no right code; junk has no key's hint.
  private func syn(_ builder: PacketBuilder) -> [UInt8] {
    let claim = SynClaim(action: .open, step: SynStep.number(at: Self.now), port: 22, source: Self.client)
    let fields = Self.synSecret(Self.keyCount - 1).withBytes { SynEncoder.fields(claim, secret: $0) }
    let change: UInt32 = packets == .knocks ? 0 : 1
    let window = packets == .junk ? 0 : fields.window ?? 0
    return builder.tcp(
      from: 40_000, to: 22, flags: .syn, sequence: (fields.sequence ?? 0) ^ change,
      acknowledgement: fields.acknowledgement ?? 0, window: window)
  }
}
