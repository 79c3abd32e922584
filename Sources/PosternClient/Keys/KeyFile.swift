// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform
package import PosternWire

/// Files with the client's own secrets: X25519 private keys, perhaps under a passphrase, and random secrets, which have the same form as
/// keys without one.
package enum KeyFile {
  /// Draws 32 random bytes into a new file, readable by its owner alone; never replaces a file. With a source of a passphrase they are
  /// sealed. Answers the public key, in base64, that the secret has as a private key.
  @discardableResult
  package static func create(_ path: String, passphrase source: PassphraseSource? = nil) throws(ClientError) -> String {
    var secret = try random()
    defer { secret.wipe() }
    var line =
      try source.map { source throws(ClientError) in
        let passphrase = try source.new(for: path)
        guard !passphrase.isEmpty else { throw .usage("the passphrase is empty; no key is made") }
        return try sealed(secret, passphrase)
      } ?? SecretFile.line(secret)
    defer { line.wipe() }
    do throws(SecretFileError) { try SecretFile.create(path, line: line) } catch { throw ClientError(error, path: path) }
    return try publicKey(secret)
  }

  /// The private key in a file; asks for its passphrase where it has one, again where that is wrong. `name` is what the question calls the
  /// file.
  package static func privateKey(
    of path: String, named name: String? = nil, passphrase source: PassphraseSource = .terminal
  ) throws(ClientError) -> Bytes32 {
    var line = try line(of: path)
    defer { line.wipe() }
    guard SealedKey.isOne(line) else { return try plainKey(line, path) }
    let sealed: SealedKey
    do throws(SealedKeyError) { sealed = try SealedKey(line) } catch { throw ClientError(error, path: path) }
    for attempt in 1...source.attempts {
      let passphrase = try source.current(of: name ?? path)
      do throws(SealedKeyError) {
        return try passphrase.lend { passphrase throws(SealedKeyError) in try sealed.open(passphrase: passphrase) }
      } catch {
        guard error == .wrongPassphrase, attempt < source.attempts else { throw ClientError(error, path: path) }
      }
    }
    throw ClientError(SealedKeyError.wrongPassphrase, path: path)
  }

  /// The public key, in base64, of the private key in a file.
  package static func publicKey(of path: String, passphrase source: PassphraseSource = .terminal) throws(ClientError) -> String {
    var secret = try privateKey(of: path, passphrase: source)
    defer { secret.wipe() }
    return try publicKey(secret)
  }

  /// Gives the key in a file another passphrase, or none where `new` gives none or an empty one; the file changes as a whole or not at
  /// all. Answers whether it has one now.
  package static func change(
    _ path: String, from old: PassphraseSource, to new: PassphraseSource?
  ) throws(ClientError) -> Bool {
    let file = try resolved(path)
    let lock = try locked(FileAccess.directory(of: file))
    defer { withExtendedLifetime(lock) {} }
    var secret = try privateKey(of: file, named: path, passphrase: old)
    defer { secret.wipe() }
    var line = SecretFile.line(secret)
    defer { line.wipe() }
    var isSealed = false
    if let new {
      let passphrase = try new.new(for: path)
      isSealed = !passphrase.isEmpty
      if isSealed {
        line.wipe()
        line = try sealed(secret, passphrase)
      }
    }
    try replace(file, line)
    return isSealed
  }
}

extension KeyFile {
  private static func random() throws(ClientError) -> Bytes32 {
    do throws(CryptoError) { return try Randomness.bytes32() } catch { throw ClientError(error) }
  }

  private static func sealed(_ secret: Bytes32, _ passphrase: borrowing Passphrase) throws(ClientError) -> [UInt8] {
    do throws(CryptoError) {
      let salt = try Randomness.bytes(SealedKey.saltBytes)
      return try passphrase.lend { passphrase throws(CryptoError) in
        try SealedKey(secret, passphrase: passphrase, salt: salt).text
      }
    } catch {
      throw ClientError(error)
    }
  }

  private static func publicKey(_ secret: Bytes32) throws(ClientError) -> String {
    do throws(CryptoError) {
      return Base64.encode(try X25519PrivateKey(secret).publicKey.array)
    } catch {
      throw ClientError(error)
    }
  }

  private static func line(of path: String) throws(ClientError) -> [UInt8] {
    do throws(SecretFileError) { return try SecretFile.readLine(path) } catch { throw ClientError(error, path: path) }
  }

  private static func plainKey(_ line: [UInt8], _ path: String) throws(ClientError) -> Bytes32 {
    do throws(SecretFileError) { return try SecretFile.secret(in: line) } catch { throw ClientError(error, path: path) }
  }

  private static func replace(_ path: String, _ line: [UInt8]) throws(ClientError) {
    var text = line + [UInt8(ascii: "\n")]
    defer { text.wipe() }
    do throws(PlatformError) { try WholeFile.replace(path, text) } catch { throw ClientError(.system(error.code), path: path) }
  }

  /// Where the file is: a link to it shall stay one.
  private static func resolved(_ path: String) throws(ClientError) -> String {
    do throws(PlatformError) { return try BoundedFile.resolved(path) } catch {
      throw ClientError(.system(error.code), path: path)
    }
  }

  private static func locked(_ directory: String) throws(ClientError) -> LockedDirectory {
    do throws(PlatformError) {
      return try LockedDirectory(directory)
    } catch {
      throw ClientError(.system(error.code), path: directory)
    }
  }
}

extension ClientError {
  init(_ error: SealedKeyError, path: String) {
    self =
      switch error {
      case .wrongPassphrase: .permission(path: path, reason: error.description)
      case .malformed, .unknownVersion, .outOfBounds: .badFile(path: path, reason: error.description)
      case .cryptography(let error): ClientError(error)
      }
  }
}
