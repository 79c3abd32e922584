// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternCrypto
import PosternGate
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// A gate with one user and one door, a client that knows its keys, and a ring file in memory.
final class World {
  static let client = IPAddress.v4(IPv4Address(0xc000_0207))
  static let gateway = IPAddress.v4(IPv4Address(0xc000_0201))
  static let builder = PacketBuilder(from: client, to: gateway)!
  static let client6 = IPAddress("2001:db8::7")!
  private static let builder6 = PacketBuilder(from: client6, to: IPAddress("2001:db8::1")!)!
  private static let identity = RingIdentity(boot: Bytes16(high: 1, low: 2), machine: Bytes16(high: 3, low: 4), gateway: 5)

  static func builder(_ family: AddressFamily) -> PacketBuilder {
    switch family {
    case .ipv4: builder
    case .ipv6: builder6
    }
  }

  var gate: Gate
  let encoder: SPAEncoder
  let now = Timestamp(seconds: 1_800_000_000)
  private let gatewayKey: Bytes32
  private let profile: SPAProfile
  private var file: [UInt8]

  /// `evidence` is what the gate holds against sources.
  convenience init(evidence: EvidenceLimits) throws { try self.init { $0.evidence = evidence } }

  convenience init(_ change: (inout GateTables) -> Void = { _ in }) throws {
    let key = try Randomness.bytes32()
    let profile = SPAProfile(
      clientPrivateKey: try Randomness.bytes32(), presharedKey: try Randomness.bytes32(),
      gatewayPublicKey: try X25519PrivateKey(key).publicKey, admission: try Randomness.bytes32())
    try self.init(key, profile, file: [UInt8](repeating: 0, count: Self.layout.fileSize), change)
  }

  /// The same gateway after a restart of its gate: what was written to the ring is there, what was only in memory is not.
  convenience init(after other: World) throws {
    other.write()
    try self.init(other.gatewayKey, other.profile, file: other.file)
  }

  private init(
    _ gatewayKey: Bytes32, _ profile: SPAProfile, file: [UInt8], _ change: (inout GateTables) -> Void = { _ in }
  ) throws {
    let encoder = try SPAEncoder(profile)
    var tables = GateTables(
      gatewayKeys: [.init(privateKey: gatewayKey, validity: .always)], admissions: [.always(profile.admission)],
      keys: [.init(user: 0, publicKey: encoder.clientPublicKey, presharedKey: profile.presharedKey, validity: .always)],
      users: [.init(doors: [0], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: false, validity: .always)],
      doors: [
        .init(
          id: DoorID(1), hasIPv4: true, hasIPv6: true, defaultLease: 30, longestLease: 600, weakest: .authenticated,
          addresses: .named, allowsLinkLocal: false)
      ], keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 100_000, clockIsTrusted: true)
    change(&tables)
    let replay = ReplayState(
      file.withBytes { RingImage.read($0) }, layout: Self.layout, identity: Self.identity, history: .new)
    gate = try Gate(tables: &tables, replay: ReplayMemory([replay]), clockIsSynchronised: true, seed: 1, at: now)
    self.encoder = encoder
    self.gatewayKey = gatewayKey
    self.profile = profile
    self.file = file
    write()
  }

  private static var layout: RingLayout { RingLayout(slotCount: 64)! }

  /// What the gate wants in its ring goes there.
  func write() {
    for batch in gate.unwritten() {
      for run in batch.batch.runs { file.replaceSubrange(run.offset..<run.offset + run.bytes.count, with: run.bytes) }
      gate.markWritten(batch)
    }
  }

  func receive(_ packet: [UInt8], prefix: String = "spa") -> Gate.Outcome {
    let name = Array(prefix.utf8)
    return packet.withBytes { packet in name.withBytes { name in gate.receive(packet, prefix: name, at: now) } }
  }

  func isGrant(_ outcome: Gate.Outcome) -> Bool {
    switch outcome {
    case .granted: true
    case .refused, .refusedKnown, .step: false
    }
  }

  func knock(stamp: Timestamp? = nil) throws -> [UInt8] {
    let address = IPv4Address(0xc000_0207)
    let request = SPARequest(
      action: .open, door: nil, ipv4: .named(address, port: nil), ipv6: .none, wishedLease: 0, stamp: stamp ?? now, totp: nil)
    guard let request else { throw WireError.malformed }
    return try encoder.encode(request)
  }

  func packet(stamp: Timestamp? = nil) throws -> [UInt8] { udp(try knock(stamp: stamp)) }

  func udp(_ payload: [UInt8]) -> [UInt8] {
    Self.builder.udp(from: 40000, to: 62201, payload: payload)
  }
}
