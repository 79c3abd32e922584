// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// One datagram of `Vectors/spa` with everything that made it.
struct SPAVector: Decodable, Sendable, CustomTestStringConvertible {
  struct Fields: Decodable, Sendable {
    let typ: UInt8
    let lease: UInt32
    let door: String
    let stamp: UInt64
    let v4mode: Int?
    let v6mode: Int?
    let v4: String?
    let v6: String?
    let sp4: UInt16?
    let sp6: UInt16?
    let totp: UInt32?
  }

  let name: String
  let gatewayPrivate: HexBytes
  let gatewayPublic: HexBytes
  let clientPrivate: HexBytes
  let clientPublic: HexBytes
  let ephemeralPrivate: HexBytes
  let psk: HexBytes
  let admissionSecret: HexBytes
  let fields: Fields
  let payload: HexBytes
  let hint: HexBytes
  let knockId: HexBytes
  let packet: HexBytes
  let steps: [String: HexBytes]?

  var testDescription: String { name }

  static let files = ["spa/reference.json", "spa/version1.json", "spa/worked.json"]
  static func load(_ file: String) throws -> [SPAVector] { try VectorFile.load(file, as: SPAVector.self) }

  var stamp: Timestamp { Timestamp(nanoseconds: fields.stamp) }
  var action: Knock.Action { get throws { try #require(Knock.Action(rawValue: fields.typ)) } }
  var door: Name? { Name(fields.door) }

  var ipv4: AddressClaim<IPv4Address> {
    get throws { try claim(fields.v4mode, fields.v4.flatMap { IPv4Address($0) }, fields.sp4) }
  }
  var ipv6: AddressClaim<IPv6Address> {
    get throws { try claim(fields.v6mode, fields.v6.flatMap { IPv6Address($0) }, fields.sp6) }
  }

  var request: SPARequest {
    get throws {
      try #require(
        try SPARequest(
          action: try action, door: door, ipv4: ipv4, ipv6: ipv6, wishedLease: fields.lease, stamp: stamp, totp: fields.totp))
    }
  }

  var profile: SPAProfile {
    get throws {
      try SPAProfile(
        clientPrivateKey: clientPrivate.bytes32, presharedKey: psk.bytes32, gatewayPublicKey: gatewayPublic.bytes32,
        admission: admissionSecret.bytes32)
    }
  }

  var tables: GateTables {
    get throws {
      try GateTables(
        gatewayKeys: [.init(privateKey: gatewayPrivate.bytes32, validity: .always)],
        admissions: [.always(admissionSecret.bytes32)],
        keys: [.init(user: 0, publicKey: clientPublic.bytes32, presharedKey: psk.bytes32, validity: .always)], users: [],
        doors: [],
        keyBucket: .init(burst: 10, refill: .seconds(5)), curveBudget: 1000, clockIsTrusted: true)
    }
  }

  private func claim<Address>(_ mode: Int?, _ address: Address?, _ port: UInt16?) throws -> AddressClaim<Address> {
    let port = port.flatMap { Port($0) }
    switch mode ?? 0 {
    case 0: return .none
    case 1: return .named(try #require(address), port: port)
    case 2: return .packetSource(port: port)
    default: return .bothAgree(try #require(address), port: port)
    }
  }
}
