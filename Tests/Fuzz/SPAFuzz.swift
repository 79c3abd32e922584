// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// A gateway with one client, both known to the fuzzer, so that it gets behind the tag and the seals.
private final class SPAFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)

  private var decoder: SPADecoder
  private let encoder: SPAEncoder

  init() throws(CryptoError) {
    let gateway = Self.key(1)
    let client = Self.key(2)
    let gatewayPublic = try X25519PrivateKey(gateway).publicKey
    let tables = GateTables(
      gatewayKeys: [.init(privateKey: gateway, validity: .always)], admissions: [.always(Self.key(4))],
      keys: [.init(user: 0, publicKey: try X25519PrivateKey(client).publicKey, presharedKey: Self.key(3), validity: .always)],
      users: [], doors: [], keyBucket: .init(burst: 10, refill: .seconds(5)), curveBudget: .max, clockIsTrusted: true)
    let decoder = try SPADecoder(tables: tables, now: Self.now, seed: 0)
    let encoder = try SPAEncoder(
      SPAProfile(clientPrivateKey: client, presharedKey: Self.key(3), gatewayPublicKey: gatewayPublic, admission: Self.key(4)))
    self.decoder = decoder
    self.encoder = encoder
  }

  private static func key(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 1), low: Bytes16(high: 2, low: number))
  }

  /// The first byte chooses how deep the rest goes in.
  func run(_ input: [UInt8]) throws(CryptoError) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    switch depth % 3 {
    case 0: _ = read(rest)
    case 1: _ = read(encoder.tagged(fitted(rest, SPAPacket.length)))
    default: try runSealed(fitted(rest, SPAPayload.length))
    }
  }

  /// A payload that opens is a knock with exactly one encoding, or is refused in its sender's name.
  private func runSealed(_ payload: [UInt8]) throws(CryptoError) {
    let parsed = payload.withBytes { SPAPayload($0) }
    let hint = encoder.hint(at: parsed?.stamp ?? Self.now)
    switch read(try encoder.seal(payload, hint: hint, ephemeral: Self.key(5))) {
    case .knock(let knock): precondition(parsed?.encoded == payload && knock.stamp == parsed?.stamp)
    case .refusedKnown(let denial, _): precondition(denial == .malformedPayload && parsed == nil)
    case .refused(let denial): precondition(denial == .duplicate)
    case .step: preconditionFailure("spa has no steps")
    }
  }

  private func read(_ datagram: [UInt8]) -> Reading { datagram.withBytes { decoder.read($0, at: Self.now) } }

  private func fitted(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(bytes.prefix(count)) + Array(repeating: 0, count: max(0, count - bytes.count))
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = try? SPAFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSPA(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  try? target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
