// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// Readers of port sequences, packet scripts and rolling sequences whose keys the fuzzer knows: any packets in any order end in a
/// refusal, a step or a knock, and what is parsed has one encoding.
private final class SealedFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let script = """
    keypkt (1) { ip { daddr = any; udp { dport = 53; } } }
    cmdpkt { ip { daddr = any; udp { dport = 123; data = "n"; } } }
    """

  private var ports: PortsReader
  private var sadoor: SadoorReader
  private var rolling: RollingReader
  private let portsEncoder: PortsEncoder
  private let sadoorEncoder: SadoorEncoder
  private let builder: PacketBuilder
  private let rollingPorts: [UInt16]
  private let legacy: BlowfishKey
  private var counter = now

  init() throws {
    let source = IPAddress.v4(IPv4Address(0xc000_0207))
    guard let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))) else { throw CryptoError.failed }
    let script = try PacketScript(parsing: Self.script)
    let sealed = PortsCredential(
      form: .sealed(Self.key(1)), base: 32_768, window: .seconds(10), order: .arrival, needsSource: false)
    let plain = PortsCredential(form: .plain, base: 1024, window: .seconds(10), order: .arrival, needsSource: false)
    var numbered = sealed
    numbered.form = .sealed(Self.key(2))
    numbered.order = .sequence
    let command = SadoorCredential(
      form: .sealed(Self.key(3)), script: script, timeout: .seconds(10), isGlobal: false, takesEmptyCommand: true)
    var old = command
    old.form = .legacy(key: [1, 2, 3, 4])
    let rolling = RollingCredential(
      secret: Self.key(4), door: DoorID(0), transport: .udp, base: 0, portCount: 7, stepLength: 30, window: .seconds(10),
      bindsSource: true)
    self.builder = builder
    ports = try PortsReader([sealed, numbered, plain].map { Registered(KeyIndex(0), $0) }, now: Self.now, seed: 1)
    sadoor = try SadoorReader([command, old].map { Registered(KeyIndex(1), $0) }, now: Self.now, seed: 1)
    self.rolling = try RollingReader([Registered(KeyIndex(2), rolling)], now: Self.now, seed: 1)
    portsEncoder = try PortsEncoder(sealed)
    sadoorEncoder = try SadoorEncoder(command)
    rollingPorts = RollingEncoder(rolling).ports(at: Self.now, source: source)
    legacy = try BlowfishKey([1, 2, 3, 4], LegacyCiphers())
  }

  private static func key(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 1), low: Bytes16(high: 2, low: number))
  }

  /// The first byte chooses how deep the rest goes in.
  func run(_ input: [UInt8]) throws {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    switch depth % 7 {
    case 0: scatter(rest)
    case 1: try claim(rest, .ipv4)
    case 2: try claim(rest, .ipv6)
    case 3: try order(rest)
    case 4: try oldCommand(rest)
    case 5: roll(rest)
    default: describe(rest)
    }
  }

  private func read(_ packet: [UInt8]) -> [Reading] {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return [] }
      return [ports.read(view, at: Self.now), sadoor.read(view, at: Self.now), rolling.read(view, at: Self.now)]
    }
  }

  /// Two bytes a packet: any ports, over both transports, or the bytes themselves as a packet.
  private func scatter(_ input: [UInt8]) {
    _ = read(input)
    for start in stride(from: 0, to: input.count - 1, by: 2) {
      let port = UInt16(input[start]) << 8 | UInt16(input[start + 1])
      _ = read(builder.tcp(from: 1, to: port, flags: .syn, sequence: UInt32(start / 2)))
      _ = read(builder.udp(from: 1, to: port, payload: input))
    }
  }

  /// Any claim under the right seal.
  private func claim(_ input: [UInt8], _ family: AddressFamily) throws {
    let plain = fitted(input, PortsClaim.length(family))
    let parsed = plain.withBytes { PortsClaim($0, family: family) }
    precondition(parsed == nil || parsed?.encoded == plain)
    counter = counter + Timestamp.Span(nanoseconds: 1)
    let envelope = try SealedSender(Self.key(1), of: .ports).seal(plain, form: family.rawValue, counter: counter)
    var knocks = 0
    for port in PortAlphabet.halves(from: 32_768).ports(of: envelope) {
      for reading in read(builder.tcp(from: 1, to: port, flags: .syn)) { if case .knock = reading { knocks += 1 } }
    }
    precondition(parsed == nil || knocks == 1)
  }

  private func order(_ plain: [UInt8]) throws {
    let parsed = plain.withBytes { SadoorOrder($0) }
    precondition(parsed == nil || parsed?.encoded == plain)
    counter = counter + Timestamp.Span(nanoseconds: 1)
    command(try SealedSender(Self.key(3), of: .sadoor).seal(plain, form: SadoorOrder.form, counter: counter))
  }

  private func oldCommand(_ plain: [UInt8]) throws {
    let initial = 1_800_000_000 << 32 | UInt64(plain.count)
    var block = WireWriter()
    block.u64(initial)
    block.raw(try legacy.sealFeedback([0, UInt8(truncatingIfNeeded: plain.count + 8)] + plain, initial: initial))
    if let command = block.bytes.withBytes({ LegacyCommand($0, legacy) }) {
      let again = try command.encoded(legacy)
      precondition(again == block.bytes)
    }
    command(block.bytes)
  }

  private func command(_ block: [UInt8]) {
    for step in sadoorEncoder.steps(block) { _ = read(builder.udp(from: 1, to: step.port, payload: step.payload)) }
  }

  /// The right sequence with some of its ports changed.
  private func roll(_ input: [UInt8]) {
    for (position, port) in rollingPorts.enumerated() {
      let change = position < input.count ? UInt16(input[position] & 3) : 0
      _ = read(builder.udp(from: 1, to: port ^ change, payload: []))
    }
  }

  private func describe(_ input: [UInt8]) { _ = try? PacketScript(parsing: String(decoding: input, as: UTF8.self)) }

  private func fitted(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(bytes.prefix(count)) + Array(repeating: 0, count: max(0, count - bytes.count))
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = try? SealedFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSealed(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  try? target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
