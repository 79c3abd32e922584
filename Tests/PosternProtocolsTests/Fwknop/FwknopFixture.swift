// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Fwknop keys that tests make up, and packets of them.
enum FwknopFixture {
  static let now = Timestamp(seconds: 1_800_000_000)

  static func credential(
    _ number: Int = 0, hash: FwknopCredential.CodeHash = .sha256, hasCode: Bool = true, user: String = "",
    sources: [String] = [], requiresAddress: Bool = false, allowsAnyAgent: Bool = false, mode: FwknopCredential.Mode = .cbc
  ) -> FwknopCredential {
    FwknopCredential(
      mode: mode, passphrase: Array("passphrase \(number)".utf8), codeHash: hash,
      codeKey: hasCode ? Array("key of the code \(number)".utf8) : [], user: user,
      sources: sources.compactMap { AddressPrefix($0) }, requiresAddress: requiresAddress, allowsAnyAgent: allowsAnyAgent)
  }

  static func encoder(_ credential: FwknopCredential) throws -> FwknopEncoder {
    let hash = try #require(HashAlgorithm(rawValue: credential.codeHash.rawValue))
    let code = credential.codeKey.isEmpty ? nil : FwknopSecrets.Code(hash, key: credential.codeKey)
    let secrets = FwknopSecrets(
      passphrase: credential.passphrase, mode: credential.mode == .legacy ? .legacy : .cbc, code: code)
    return try FwknopEncoder(#require(secrets))
  }

  static func message(
    _ kind: FwknopKind = .access, user: String = "carol", address: String = "192.0.2.7", services: [String] = ["tcp/22"],
    command: String = "id", target: (String, UInt16)? = nil, timeout: UInt32 = 0, seconds: UInt64? = nil
  ) throws -> FwknopMessage {
    let wish: FwknopWish = kind == .command ? .command(command) : .access(services.compactMap { Service($0) })
    var wanted: FwknopTarget?
    if let target, let port = Port(target.1) { wanted = FwknopTarget(host: target.0, port: port) }
    let source = try #require(IPv4Address(address))
    return FwknopMessage(
      kind: kind, user: user, seconds: seconds ?? now.nanoseconds / 1_000_000_000, version: "3.0.0", address: source, wish: wish,
      target: wanted, timeout: timeout)
  }

  /// A text whose salt and random digits come from `serial`.
  static func text(
    _ credential: FwknopCredential, _ message: FwknopMessage, serial: UInt8 = 1, digest: HashAlgorithm = .sha256
  ) throws -> [UInt8] {
    let salt = [UInt8](repeating: serial, count: FwknopEncoder.saltLength)
    return try encoder(credential).encode(message, random: 1_234_567_890_123_456 + UInt64(serial), salt: salt, digest: digest)
  }

  static func decoder(_ credentials: [FwknopCredential], codesPerSecond: UInt32 = .max / 4) throws -> FwknopDecoder {
    try FwknopDecoder(
      credentials.enumerated().map { Registered(KeyIndex($0), $1) }, now: now, codesPerSecond: codesPerSecond)
  }

  static func reader(_ credentials: [FwknopCredential]) throws -> FwknopReader {
    try FwknopReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, now: now)
  }
}

extension FwknopReader {
  /// Reads a packet that starts at its IP header.
  mutating func read(packet: [UInt8], at now: Timestamp = FwknopFixture.now) throws -> Reading {
    try packet.withBytes { bytes in read(try PacketView(bytes, KnockProtocol.fwknop.checksums), at: now) }
  }
}

extension Reading {
  var fwknop: Knock? {
    guard case .knock(let knock) = self else { return nil }
    return knock
  }
}
