// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// The reader of pasmal's knocks, whose secret the fuzzer knows: any packets in any order end in a refusal, a step or a knock, and the
/// encoder's own packets open once.
private final class PasmalFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)

  private var reader: PasmalReader
  private let screen: PasmalCredential
  private let builder: PacketBuilder
  private var number: UInt64 = 0

  init() throws {
    let source = IPAddress.v4(IPv4Address(0xc000_0207))
    guard let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))),
      let opener = PasmalCredential.Step("udp/7001"),
      let first = PasmalCredential.Step("tcp/7000")
    else { throw CryptoError.failed }
    let secret = Bytes32(high: Bytes16(high: 1, low: 2), low: Bytes16(high: 3, low: 4))
    let form = PasmalCredential.Screen(secret: secret, base: 32_768, span: 1024, packets: 16, real: 8)
    screen = PasmalCredential(opener: [opener], screen: form, passwordPort: nil, timeout: .seconds(30))
    let password = PasmalCredential(opener: [first], screen: nil, passwordPort: Port(7002), timeout: .seconds(30))
    self.builder = builder
    reader = try PasmalReader([Registered(KeyIndex(0), screen), Registered(KeyIndex(1), password)], seed: 1)
  }

  /// The first byte chooses how deep the rest goes in.
  func run(_ input: [UInt8]) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    if depth & 1 == 0 { scatter(rest) } else { encoded(rest) }
  }

  private func read(_ packet: [UInt8]) -> Reading? {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return nil }
      return reader.read(view, at: Self.now)
    }
  }

  /// The bytes as a packet, as data, and two by two as ports.
  private func scatter(_ input: [UInt8]) {
    _ = read(input)
    for port in [7001, 7002] as [UInt16] { _ = read(builder.udp(from: 1, to: port, payload: input)) }
    for start in stride(from: 0, to: input.count - 1, by: 2) {
      let port = UInt16(input[start]) << 8 | UInt16(input[start + 1])
      _ = read(builder.udp(from: 1, to: port, payload: []))
      _ = read(builder.tcp(from: 1, to: port, flags: .syn, sequence: UInt32(start)))
    }
  }

  /// A knock whose decoys the input draws, and one of whose packets it may leave out.
  private func encoded(_ input: [UInt8]) {
    number += 1
    let noise = Array(input.prefix(32)) + Array(repeating: 0, count: max(0, 32 - input.count))
    let steps = PasmalEncoder.steps(screen, number: number, password: nil, noise: noise, pause: .seconds(0)) ?? []
    precondition(!steps.isEmpty)
    // Attempts of other inputs are another source's.
    let source = IPAddress.v4(IPv4Address(0x0a00_0000 | UInt32(truncatingIfNeeded: number & 0xffff)))
    guard let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))) else { preconditionFailure() }
    let missing = input.last.map { Int($0) } ?? steps.count
    var knocks = 0
    for (place, step) in steps.enumerated() where place != missing {
      if case .knock = read(builder.udp(from: 1, to: step.port, payload: step.payload)) { knocks += 1 }
    }
    precondition(knocks <= 1 && (missing < steps.count || knocks == 1))
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target: PasmalFuzzTarget = {
  guard let target = try? PasmalFuzzTarget() else { preconditionFailure() }
  return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPasmal(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  unsafe target.run([UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
