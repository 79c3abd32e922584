// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// Two keys that the fuzzer knows: what opens is what they made, for its source, port and time alone.
private final class SynFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)

  private var reader: SynReader
  private let secrets = (1...2).map { Bytes32(high: Bytes16(high: $0, low: 1), low: .zero) }

  init?() {
    let keys = secrets.enumerated().map { Registered(KeyIndex($0), SynCredential(secret: $1, asksForPort: $0 == 0)) }
    guard let reader = try? SynReader(keys, now: Self.now) else { return nil }
    self.reader = reader
  }

  /// The first byte chooses whether the rest is a packet or what a true SYN says, and how it is changed.
  func run(_ input: [UInt8]) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    if depth % 2 == 0 { _ = read(rest) } else { runTrue(rest) }
  }

  private func runTrue(_ bytes: [UInt8]) {
    guard bytes.count >= 20 else { return }
    let choice = bytes[0]
    let port = bytes.withBytes { $0.u16(at: 1) }
    let distance = Int64(Int8(bitPattern: bytes[3])) / 8
    let source: IPAddress =
      choice & 1 == 0 ? .v4(IPv4Address(0xc000_0200 | UInt32(bytes[4]))) : .v6(IPv6Address(high: 0x2001_0db8 << 32, low: 7))
    let claim = SynClaim(
      action: choice & 2 == 0 ? .open : .close, step: UInt64(Int64(SynStep.number(at: Self.now)) + distance), port: port,
      source: source)
    let key = Int(choice >> 2 & 1)
    let fields = secrets[key].withBytes { SynEncoder.fields(claim, secret: $0) }
    let changes = bytes.withBytes { ($0.u32(at: 5), $0.u32(at: 9), $0.u16(at: 13)) }
    let packet = segment(fields, claim, changes)
    let isUnchanged = changes == (0, 0, 0)
    guard case .knock(let knock) = read(packet) else {
      precondition(!isUnchanged || !(-4...1).contains(distance), "a true SYN is refused")
      return
    }
    precondition(isUnchanged && (-4...1).contains(distance), "a SYN opens that nobody made")
    precondition(knock.key == KeyIndex(key) && knock.action == claim.action && knock.stamp == SynStep.start(of: claim.step))
  }

  private func segment(
    _ fields: KnockStep.TCPFields, _ claim: SynClaim, _ changes: (UInt32, UInt32, UInt16)
  ) -> [UInt8] {
    let gateway: IPAddress =
      claim.source.family == .ipv4 ? .v4(IPv4Address(0xc000_0201)) : .v6(IPv6Address(high: 0x2001_0db8 << 32, low: 1))
    guard let builder = PacketBuilder(from: claim.source, to: gateway), let sequence = fields.sequence,
      let acknowledgement = fields.acknowledgement, let window = fields.window
    else { return [] }
    return builder.tcp(
      from: 7, to: claim.port, flags: fields.flags, sequence: sequence ^ changes.0, acknowledgement: acknowledgement ^ changes.1,
      window: window ^ changes.2)
  }

  private func read(_ packet: [UInt8]) -> Reading? {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return nil }
      return reader.read(view, at: Self.now)
    }
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = SynFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSyn(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
