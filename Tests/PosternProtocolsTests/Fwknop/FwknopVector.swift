// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// One packet of `Vectors/fwknop` with everything that made it.
struct FwknopVector: Decodable, Sendable, CustomTestStringConvertible {
  struct Fields: Decodable, Sendable {
    let rand: String
    let username: String
    let timestamp: UInt64
    let version: String
    let messageType: UInt8
    let message: String
    let natAccess: String?
    let clientTimeout: UInt32
    let digestType: String
    let plaintext: String
  }

  struct Derived: Decodable, Sendable {
    let saltHex: HexBytes
    let aesKeyHex: HexBytes
    let ivHex: HexBytes
  }

  let id: String
  let description: String
  let mode: String?
  let key: HexBytes?
  let hmacType: String?
  let hmacKey: HexBytes?
  let packet: String
  let fields: Fields?
  let derived: Derived?
  let reason: String?
  let recommended: String?
  let plaintext: String?
  let basePacket: String?
  let ipPacketHex: HexBytes?
  let httpRequest: String?
  let effectiveKey: HexBytes?

  var testDescription: String { "\(id): \(description)" }

  static func load(_ file: String) throws -> [FwknopVector] { try VectorFile.load("fwknop/\(file).json", as: FwknopVector.self) }

  /// Around when all of them were made.
  static let now = Timestamp(seconds: 1_795_380_000)

  /// Nil for the modes that are not served.
  var credentialMode: FwknopCredential.Mode? {
    switch mode {
    case "cbc": .cbc
    case "legacy_iv": .legacy
    default: nil
    }
  }

  func credential(_ mode: FwknopCredential.Mode? = nil) throws -> FwknopCredential {
    let mode = try mode ?? #require(credentialMode)
    let passphrase = try #require(key).bytes
    return FwknopCredential(
      mode: mode, passphrase: passphrase, codeHash: try hash, codeKey: hmacKey?.bytes ?? [],
      user: "", sources: [], requiresAddress: false, allowsAnyAgent: false)
  }

  private var hash: FwknopCredential.CodeHash {
    get throws {
      guard let hmacType else { return .sha256 }
      return try #require(FwknopCredential.CodeHash(rawValue: HashAlgorithm(hmacType)?.rawValue ?? 0))
    }
  }

  /// What a decoder makes of a text with this vector's keys, which are those of key 7.
  func decode(_ text: String? = nil, mode: FwknopCredential.Mode? = nil) throws -> FwknopDecoder.Decoding {
    var decoder = try decoder(mode)
    return decoder.decode(text ?? packet)
  }

  func decoder(_ mode: FwknopCredential.Mode? = nil) throws -> FwknopDecoder {
    try FwknopDecoder([Registered(KeyIndex(7), credential(mode))], now: Self.now)
  }
}

extension FwknopDecoder {
  static let source = IPAddress.v4(IPv4Address(0xc633_6407))

  mutating func decode(_ text: String, from source: IPAddress = source, at now: Timestamp = FwknopFixture.now) -> Decoding {
    decode(Array(text.utf8), from: source, at: now)
  }

  mutating func decode(_ text: [UInt8], from source: IPAddress = source, at now: Timestamp = FwknopFixture.now) -> Decoding {
    text.withBytes { text in decode(text, from: source, at: now) }
  }
}

extension FwknopDecoder.Decoding {
  var decoded: FwknopDecoder.Decoded? {
    guard case .decoded(let decoded) = self else { return nil }
    return decoded
  }
}
