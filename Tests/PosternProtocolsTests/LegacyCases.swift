// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternWire
import Testing

/// A file of the folder `Vectors` whose "cases" were measured on, or defined for, an old system.
enum LegacyCases {
  private struct Contents<Case: Decodable>: Decodable { let cases: [Case] }

  static func load<Case: Decodable>(_ path: String, as type: Case.Type) throws -> [Case] {
    let root = try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Contents<Case>.self, from: Data(contentsOf: root.appendingPathComponent(path))).cases
  }
}

/// Whole packets for readers, and the bits in them.
enum Packets {
  static let client = "192.0.2.7"
  static let gateway = "192.0.2.1"

  static func builder(from source: String = client, to destination: String = gateway) throws -> PacketBuilder {
    let (source, destination) = (try #require(IPAddress(source)), try #require(IPAddress(destination)))
    return try #require(PacketBuilder(from: source, to: destination))
  }

  static func udp(_ payload: [UInt8], to port: UInt16, from source: String = client) throws -> [UInt8] {
    let destination = source.contains(":") ? "2001:db8::1" : gateway
    return try builder(from: source, to: destination).udp(from: 40000, to: port, payload: payload)
  }

  static func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return bytes
  }
}
