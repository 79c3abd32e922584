// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternProtocols
internal import PosternWire

/// The keys of a packet, and how they are used.
struct FwknopKeys: Sendable {
  private enum Source: Sendable {
    case secret(SecretSource)
    /// A file with lines `host: key`, and the host.
    case list(String, host: String)
  }

  private let passphrase: Source
  private let code: (algorithm: HashAlgorithm, key: Source)?
  private let mode: FwknopSecrets.Mode

  init(_ lines: ProfileText, server: String) throws(ProfileProblem) {
    guard let passphrase = try Self.source(lines, .key, .keyBase64, .getKey, server) else {
      throw lines.missing(FwknopKey.key, "file:PATH, or the passphrase; or key-base64")
    }
    self.passphrase = passphrase
    mode = try lines.optional(FwknopKey.encryptionMode, "cbc or legacy: nothing else is spoken here", Self.mode) ?? .cbc
    code = try Self.code(lines, server)
    guard mode != .legacy || code == nil else {
      throw lines.problem(of: FwknopKey.encryptionMode, "is legacy, which knows no HMAC: leave out the HMAC key")
    }
  }

  /// Reads the keys; throws ``ClientError/usage(_:)`` for keys that fwknop takes nowhere.
  func secrets() throws(ClientError) -> FwknopSecrets {
    let passphrase = try Self.read(passphrase)
    var made: FwknopSecrets.Code?
    if let code { made = FwknopSecrets.Code(code.algorithm, key: try Self.read(code.key).bytes) }
    guard let secrets = FwknopSecrets(passphrase: passphrase.bytes, mode: mode, code: made) else {
      throw .usage("the key has 1 to 32 bytes and the HMAC key 1 to 128, and they must differ")
    }
    return secrets
  }

  private static func mode(_ text: String) -> FwknopSecrets.Mode? {
    switch text.lowercased() {
    case "cbc": .cbc
    case "legacy": .legacy
    default: nil
    }
  }

  private static func code(
    _ lines: ProfileText, _ server: String
  ) throws(ProfileProblem) -> (algorithm: HashAlgorithm, key: Source)? {
    let algorithm = try lines.optional(
      FwknopKey.hmacDigestType, HashAlgorithm.fwknopWords, HashAlgorithm.init(fwknop:))
    let key = try source(lines, .hmacKey, .hmacKeyBase64, .getHMACKey, server)
    let wanted = try lines.optional(FwknopKey.useHMAC, SettingForm.flagWords, SettingForm.flag)
    guard let key else {
      guard wanted != true else { throw lines.missing(FwknopKey.hmacKey, "file:PATH, or the key; or hmac-key-base64") }
      return nil
    }
    return (algorithm ?? .sha256, key)
  }

  private static func source(
    _ lines: ProfileText, _ text: FwknopKey, _ base64: FwknopKey, _ list: FwknopKey, _ server: String
  ) throws(ProfileProblem) -> Source? {
    let given = [list, text, base64].filter { lines.has($0) }
    // The command line counts more than the profile, and that more than the rc file, whichever form they use.
    switch given.min(by: { lines.rank(of: $0) < lines.rank(of: $1) }) {
    case list: return try lines.optional(list, "a path", SettingForm.path).map { .list($0, host: server) }
    case text: return try lines.secret(text, .text).map { .secret($0) }
    case base64: return try lines.secret(base64, .base64).map { .secret($0) }
    case _: return nil
    }
  }

  private static func read(_ source: Source) throws(ClientError) -> Secret {
    switch source {
    case .secret(let secret): return try secret.read()
    case .list(let path, let host): return try Secret(of: host, inList: path)
    }
  }
}
