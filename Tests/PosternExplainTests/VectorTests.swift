// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternAuthority
import PosternControl
import PosternCrypto
import PosternExplain
import PosternGate
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// The published datagrams of `spa`, explained: what they say is what their files say, and the verdict is the gate's own.
@Suite struct VectorTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Fields: Decodable, Sendable {
      let typ: UInt8
      let lease: UInt32
      let door: String
      let stamp: UInt64
      let v4mode: Int?
      let v6mode: Int?
      let v4: String?
      let v6: String?
      let totp: UInt32?
    }

    let name: String
    let gatewayPrivate: String
    let clientPublic: String
    let psk: String
    let admissionSecret: String
    let knockId: String
    let packet: String
    let fields: Fields

    var testDescription: String { name }
    var stamp: Timestamp { Timestamp(nanoseconds: fields.stamp) }

    /// The vector's keys in the places of alice's laptop and of the gateway, and her default door under the vector's name.
    func configure(_ gate: inout GateTables, _ keeper: inout KeeperTables) throws {
      func key(_ text: String) throws -> Bytes32 { try #require(Hex.decode(text).flatMap { Bytes32($0) }) }
      gate.gatewayKeys = [.init(privateKey: try key(gatewayPrivate), validity: .always)]
      gate.admissions = [.always(try key(admissionSecret))]
      gate.keys[0].credential = .spa(SPACredential(publicKey: try key(clientPublic), presharedKey: try key(psk)))
      gate.doors[0].addresses = .all
      guard !fields.door.isEmpty else { return }
      let door = try #require(Name(fields.door))
      gate.doors[0].id = SPADoor.id(of: door)
      keeper.doors[0].name = door
    }
  }

  private static let files = ["reference", "version1", "worked"]

  private static func load(_ file: String) throws -> [Vector] {
    struct Contents: Decodable { let vectors: [Vector] }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/spa/\(file).json")
    return try decoder.decode(Contents.self, from: Data(contentsOf: path)).vectors
  }

  @Test(arguments: files) func vectors(_ file: String) throws {
    let vectors = try Self.load(file)
    #expect(!vectors.isEmpty)
    for vector in vectors {
      var failure: (any Error)?
      var tables: GateTables?
      let lane = try Lane { gate, keeper in
        do { try vector.configure(&gate, &keeper) } catch { failure = error }
        tables = gate
      }
      if let failure { throw failure }
      let packet = Lane.udp(try #require(Hex.decode(vector.packet)))
      let explanation = lane.explain(packet, at: vector.stamp)
      try expectFields(of: vector, explanation)
      #expect(explanation.denial == Self.expectedDenial(vector), "\(vector.name)")
      try expectElements(of: vector, explanation)
      // A gate on its own says the same.
      var gateTables = try #require(tables)
      #expect(try Self.gateDenial(&gateTables, packet, at: vector.stamp) == explanation.denial, "\(vector.name)")
    }
  }

  private func expectFields(of vector: Vector, _ explanation: Explanation) throws {
    let knock = try #require(explanation.claim?.knock, "\(vector.name)")
    #expect(explanation.claim?.user == Lane.name("alice") && explanation.claim?.key == Lane.name("laptop"))
    #expect(Hex.encode(knock.id.array) == vector.knockId && explanation.skew == .seconds(0) && explanation.addressee == .first)
    #expect(knock.action.rawValue == vector.fields.typ && knock.wishedLease == vector.fields.lease)
    #expect((knock.totp != nil) == (vector.fields.totp != nil))
    let door = vector.fields.door
    #expect(explanation.claim?.door == (door.isEmpty ? .byDefault(Lane.name("ssh")) : .named(Lane.name(door))), "\(vector.name)")
  }

  /// By SPA.md: a packet over IPv4 cannot prove an IPv6 address, and takes none from its source.
  private static func expectedDenial(_ vector: Vector) -> Denial? {
    let (v4, v6) = (vector.fields.v4mode ?? 0, vector.fields.v6mode ?? 0)
    if vector.fields.typ == 2, v4 == 0, v6 == 0 { return nil }
    if v4 == 3, vector.fields.v4 != Lane.client { return .sourceMismatch }
    if v6 == 3 { return .sourceMismatch }
    return v4 == 0 && v6 != 1 ? .noFamilyLeft : nil
  }

  private func expectElements(of vector: Vector, _ explanation: Explanation) throws {
    guard explanation.denial == nil else { return }
    guard vector.fields.typ == 1 else {
      #expect(explanation.verdict == .closed([], []), "\(vector.name)")
      return
    }
    let opening = try #require(explanation.opening)
    let four = [0: nil, 1: vector.fields.v4, 2: Lane.client, 3: vector.fields.v4][vector.fields.v4mode ?? 0] ?? nil
    let six = vector.fields.v6mode == 1 ? vector.fields.v6 : nil
    let addresses = [four, six].compactMap(\.self).compactMap { IPAddress($0)?.description }
    let keys = addresses.flatMap { ["\($0) . tcp . 22", "\($0) . udp . 60001"] }
    #expect(opening.changes.map(\.key) == keys, "\(vector.name)")
    let seconds = vector.fields.lease == 0 ? 30 : min(vector.fields.lease, 600)
    #expect(opening.seconds == seconds, "\(vector.name)")
    #expect(opening.changes.allSatisfy { $0.action == .put && $0.milliseconds == UInt64(seconds) * 1000 })
    #expect(opening.lease.lease.description == vector.knockId.prefix(16))
  }

  private static func gateDenial(_ tables: inout GateTables, _ packet: [UInt8], at now: Timestamp) throws -> Denial? {
    let layout = try #require(RingLayout(slotCount: 64))
    let nobody = RingIdentity(boot: .zero, machine: .zero, gateway: 0)
    var gate = try Gate(
      tables: &tables, replay: ReplayMemory([ReplayState(.missing, layout: layout, identity: nobody, history: .new)]),
      clockIsSynchronised: true, seed: 5, at: now, earliest: .zero)
    let prefix = Array("spa".utf8)
    let outcome = packet.withBytes { packet in prefix.withBytes { gate.receive(packet, prefix: $0, at: now) } }
    switch outcome {
    case .refused(let denial): return denial
    case .refusedKnown(let refusal): return refusal.denial
    case .granted, .step: return nil
    }
  }
}
