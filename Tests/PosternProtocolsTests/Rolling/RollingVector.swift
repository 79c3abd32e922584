// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// A rolling sequence with everything that made it.
struct RollingVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let key: HexBytes
  let count: UInt8
  let stepLength: UInt16
  let base: UInt16
  let door: String
  let source: String
  let binds: Bool
  let seconds: UInt64
  let step: UInt64
  let doorId: HexBytes
  let opening: HexBytes
  let sequence: HexBytes
  let knockId: HexBytes
  let ports: [UInt16]

  var testDescription: String { name }
  var now: Timestamp { Timestamp(seconds: seconds) }

  static func load() throws -> [RollingVector] { try VectorFile.load("rolling/reference.json", as: RollingVector.self) }

  func credential(_ transport: RollingCredential.Transport = .tcp) throws -> RollingCredential {
    RollingCredential(
      secret: try key.bytes32, door: DoorID(doorId.bytes.withBytes { $0.u64(at: 0) }), transport: transport, base: base,
      portCount: count, stepLength: stepLength, window: .seconds(10), bindsSource: binds)
  }
}
