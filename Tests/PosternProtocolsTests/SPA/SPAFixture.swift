// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// A gateway with a few clients, all keys made from small numbers.
struct SPAFixture {
  static let now = Timestamp(seconds: 1_800_000_000)

  var clients = 3
  var gateways = 1
  var admission = key(900)
  /// Beside the one that the clients have.
  var otherAdmissions: [GateTables.Admission] = []
  var curveBudget: UInt32 = 100_000
  var validities: [Validity] = [.always, .always]

  static func key(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 0x0123_4567_89ab_cdef), low: Bytes16(high: 2, low: number &* 0x9e37_79b9))
  }

  static func publicKey(_ number: UInt64) throws -> Bytes32 { try X25519PrivateKey(key(number)).publicKey }

  func tables() throws -> GateTables {
    let gatewayKeys = (0..<gateways).map {
      GateTables.GatewayKey(privateKey: Self.key(100 + UInt64($0)), validity: validities[$0])
    }
    let keys = try (0..<clients).map { index in
      GateTables.ClientKey(
        user: index, publicKey: try Self.publicKey(200 + UInt64(index)), presharedKey: Self.key(300 + UInt64(index)),
        validity: .always)
    }
    return GateTables(
      gatewayKeys: gatewayKeys, admissions: [.always(admission)] + otherAdmissions, keys: keys, users: [], doors: [],
      keyBucket: .init(burst: 10, refill: .seconds(5)), curveBudget: curveBudget, clockIsTrusted: true)
  }

  func decoder(seed: UInt64 = 1) throws -> SPADecoder {
    let tables = try tables()
    return try SPADecoder(tables: tables, now: Self.now, seed: seed)
  }

  func profile(client: Int = 0, gateway: Int = 0) throws -> SPAProfile {
    SPAProfile(
      clientPrivateKey: Self.key(200 + UInt64(client)), presharedKey: Self.key(300 + UInt64(client)),
      gatewayPublicKey: try Self.publicKey(100 + UInt64(gateway)), admission: admission)
  }

  func encoder(client: Int = 0, gateway: Int = 0) throws -> SPAEncoder {
    try SPAEncoder(profile(client: client, gateway: gateway))
  }

  static func request(at stamp: Timestamp = now) throws -> SPARequest {
    try #require(
      SPARequest(
        action: .open, door: Name("ssh"), ipv4: .named(IPv4Address(0xc000_0207), port: nil), ipv6: .none, wishedLease: 30,
        stamp: stamp,
        totp: nil))
  }
}

extension SPADecoder {
  mutating func read(_ bytes: [UInt8], at now: Timestamp = SPAFixture.now) -> Reading {
    bytes.withBytes { read($0, at: now) }
  }
}

extension Reading {
  var knock: Knock? { if case .knock(let knock) = self { knock } else { nil } }

  var isKnock: Bool {
    switch self {
    case .knock: true
    case .refused, .refusedKnown, .step: false
    }
  }
}
