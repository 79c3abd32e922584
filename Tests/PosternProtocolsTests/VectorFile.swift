// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternWire
import Testing

/// A file of the folder `Vectors`: an object whose "vectors" are the cases.
enum VectorFile {
  private struct Contents<Vector: Decodable>: Decodable { let vectors: [Vector] }

  static func load<Vector: Decodable>(_ path: String, as type: Vector.Type) throws -> [Vector] {
    let root = try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Contents<Vector>.self, from: Data(contentsOf: root.appendingPathComponent(path))).vectors
  }
}

/// Bytes that JSON writes in hexadecimal.
struct HexBytes: Decodable, Sendable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    bytes = try #require(Hex.decode(text))
  }

  var bytes32: Bytes32 { get throws { try #require(Bytes32(bytes)) } }
}
