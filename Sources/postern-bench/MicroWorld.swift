// SPDX-License-Identifier: Apache-2.0
internal import PosternAuthority
internal import PosternCrypto
internal import PosternKnock
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A gateway with one door and a key of each measured protocol, and who knocks there.
struct MicroWorld: ~Copyable {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let source = IPv4Address(0xc000_0207)
  static let ports = [7000, 8000, 9000].compactMap { Port($0) }
  static let builder = PacketBuilder(from: .v4(source), to: .v4(IPv4Address(0xc000_0201)))
  private static let ringSlots = 16_384

  let gatewayKey: Bytes32
  let profile: SPAProfile
  let encoder: SPAEncoder

  init() throws(CryptoError) {
    let gatewayKey = try Randomness.bytes32()
    let profile = SPAProfile(
      clientPrivateKey: try Randomness.bytes32(), presharedKey: try Randomness.bytes32(),
      gatewayPublicKey: try X25519PrivateKey(gatewayKey).publicKey, admission: try Randomness.bytes32())
    encoder = try SPAEncoder(profile)
    self.gatewayKey = gatewayKey
    self.profile = profile
  }

  func tables(curveBudget: UInt32 = 10_000_000) -> GateTables {
    let knockd = KnockdCredential(sequences: .always(Self.ports.map { .tcp($0, .syn) }), timeout: .seconds(25))
    return GateTables(
      gatewayKeys: [.init(privateKey: gatewayKey, validity: .always)], admissions: [.always(profile.admission)],
      keys: [
        .init(user: 0, publicKey: encoder.clientPublicKey, presharedKey: profile.presharedKey, validity: .always),
        .init(user: 0, credential: .fwknop(Self.fwknop(0)), validity: .always, fingerprint: 2),
        .init(user: 0, credential: .knockd(knockd), validity: .always, fingerprint: 3),
      ],
      users: [.init(doors: [0], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: true, validity: .always)],
      doors: [
        .init(
          id: DoorID(1), hasIPv4: true, hasIPv6: true, defaultLease: 30, longestLease: 600, weakest: .plain, addresses: .named,
          allowsLinkLocal: false)
      ], keyBucket: .init(burst: 1_000_000, refill: .milliseconds(1)), curveBudget: curveBudget, clockIsTrusted: true)
  }

  /// As after the first start of a gate.
  static func replay() -> ReplayMemory {
    let identity = RingIdentity(boot: Bytes16(high: 1, low: 2), machine: Bytes16(high: 3, low: 4), gateway: 5)
    let states = [KnockProtocol.spa, .fwknop].compactMap { kind in
      RingLayout(kind, slotCount: ringSlots).map { ReplayState(.missing, layout: $0, identity: identity, history: .new) }
    }
    return ReplayMemory(states)
  }

  // MARK: Knocks

  /// A datagram; each number is another one.
  static func knock(_ number: Int, _ encoder: borrowing SPAEncoder) throws -> [UInt8] {
    let request = SPARequest(
      action: .open, door: nil, ipv4: .named(source, port: nil), ipv6: .none, wishedLease: 0, stamp: stamp(number),
      totp: nil)
    guard let request else { throw BenchFailure("no knock") }
    return try encoder.encode(request)
  }

  static func stamp(_ number: Int) -> Timestamp { now + Timestamp.Span(nanoseconds: Int64(number)) }

  /// Knows the gateway and its admission secret, and is no key of it.
  func stranger() throws(CryptoError) -> SPAEncoder {
    try SPAEncoder(
      SPAProfile(
        clientPrivateKey: try Randomness.bytes32(), presharedKey: try Randomness.bytes32(),
        gatewayPublicKey: profile.gatewayPublicKey, admission: profile.admission))
  }

  static func fwknop(_ number: Int) -> FwknopCredential {
    FwknopCredential(
      mode: .cbc, passphrase: Array("passphrase \(number)".utf8), codeHash: .sha256,
      codeKey: Array("key of codes \(number)".utf8),
      user: "", sources: [], requiresAddress: false, allowsAnyAgent: false)
  }

  /// Of the key with this credential.
  static func fwknopKnock(_ number: Int, of credential: FwknopCredential) throws -> [UInt8] {
    let code = FwknopSecrets.Code(.sha256, key: credential.codeKey)
    guard let secrets = FwknopSecrets(passphrase: credential.passphrase, mode: .cbc, code: code) else {
      throw BenchFailure("no secrets")
    }
    let message = FwknopMessage(
      kind: .access, user: "carol", seconds: 1_800_000_000, version: "3.0.0", address: source,
      wish: .access([Service("tcp/22")].compactMap(\.self)), target: nil, timeout: 0)
    let salt = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return try FwknopEncoder(secrets).encode(message, random: UInt64(number), salt: salt)
  }
}
