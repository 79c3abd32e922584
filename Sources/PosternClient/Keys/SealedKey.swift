// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
internal import PosternPlatform
package import PosternWire

/// A private key under a passphrase, as one line of text: a label with the version, a blank, and in base64
///
/// ```
/// 0 u8 log2 N | 1 u8 r | 2 u8 p | 3 salt 16 | 19 enc(key) 32+16
/// ```
///
/// The key of the seal is scrypt's (RFC 7914) of passphrase and salt, the seal ChaCha20-Poly1305 with a nonce of zeros, for no two files
/// have a salt in common; label, parameters and salt are its associated data.
package struct SealedKey: Hashable, Sendable {
  /// Behind the label that all versions share.
  private static let version = "1 "
  package static let saltBytes = 16
  private static let bytes = 3 + saltBytes + 32 + ChaCha20Poly1305.tagLength
  /// What a file may ask for: less protects nothing, and more than this, 1 GiB, is an attack on whoever reads it.
  package static let costs: ClosedRange<UInt8> = 14...20
  private static let blockSizes: ClosedRange<UInt8> = 8...8
  private static let lanes: ClosedRange<UInt8> = 1...4

  private let scrypt: Scrypt
  private let salt: [UInt8]
  private let sealed: [UInt8]

  /// Whether a text is of this form, in whatever version.
  package static func isOne(_ text: [UInt8]) -> Bool { text.starts(with: SecretFile.sealedLabel) }

  /// Reads a line without its end; nothing large is allocated, and the seal is not looked at.
  package init(_ text: [UInt8], costs: ClosedRange<UInt8> = Self.costs) throws(SealedKeyError) {
    guard Self.isOne(text) else { throw .malformed }
    let rest = text.dropFirst(SecretFile.sealedLabel.count)
    guard rest.starts(with: Self.version.utf8) else { throw .unknownVersion }
    let bytes = Base64.decode(String(decoding: rest.dropFirst(Self.version.utf8.count), as: UTF8.self))
    guard let bytes, bytes.count == Self.bytes else { throw .malformed }
    scrypt = Scrypt(logarithmOfN: bytes[0], r: bytes[1], p: bytes[2])
    guard costs.contains(bytes[0]), Self.blockSizes.contains(bytes[1]), Self.lanes.contains(bytes[2]) else { throw .outOfBounds }
    salt = Array(bytes[3..<3 + Self.saltBytes])
    sealed = Array(bytes[(3 + Self.saltBytes)...])
  }

  /// Seals a key. The salt is random, new for each file.
  package init(
    _ key: Bytes32, passphrase: RawSpan, salt: [UInt8], _ scrypt: Scrypt = .standard
  ) throws(CryptoError) {
    guard salt.count == Self.saltBytes else { throw .wrongLength }
    self.scrypt = scrypt
    self.salt = salt
    var seal = try salt.withBytes { salt throws(CryptoError) in try scrypt.key(passphrase: passphrase, salt: salt) }
    defer { seal.wipe() }
    let cipher = try ChaCha20Poly1305()
    sealed = try key.withBytes { key throws(CryptoError) in
      try Self.header(scrypt, salt).withBytes { header throws(CryptoError) in
        try cipher.seal(key, key: seal, nonce: .init(counter: 0), authenticating: header)
      }
    }
  }

  /// The line, without its end.
  package var text: [UInt8] {
    SecretFile.sealedLabel + Array(Self.version.utf8)
      + Array(Base64.encode([scrypt.logarithmOfN, scrypt.r, scrypt.p] + salt + sealed).utf8)
  }

  /// The key; throws ``SealedKeyError/wrongPassphrase`` where the seal is not that of this passphrase.
  package func open(passphrase: RawSpan) throws(SealedKeyError) -> Bytes32 {
    do throws(CryptoError) {
      var seal = try salt.withBytes { salt throws(CryptoError) in try scrypt.key(passphrase: passphrase, salt: salt) }
      defer { seal.wipe() }
      let cipher = try ChaCha20Poly1305()
      var key = try sealed.withBytes { sealed throws(CryptoError) in
        try Self.header(scrypt, salt).withBytes { header throws(CryptoError) in
          try cipher.open(sealed, key: seal, nonce: .init(counter: 0), authenticating: header)
        }
      }
      defer { key.wipe() }
      guard let key = Bytes32(key) else { throw CryptoError.wrongLength }
      return key
    } catch {
      throw error == .badSeal ? .wrongPassphrase : .cryptography(error)
    }
  }

  private static func header(_ scrypt: Scrypt, _ salt: [UInt8]) -> [UInt8] {
    SecretFile.sealedLabel + Array(version.utf8) + [scrypt.logarithmOfN, scrypt.r, scrypt.p] + salt
  }
}

/// Why a sealed key gives none. It never quotes the content.
package enum SealedKeyError: Error, Hashable, Sendable, CustomStringConvertible {
  case malformed
  case unknownVersion
  case outOfBounds
  case wrongPassphrase
  case cryptography(CryptoError)

  package var description: String {
    switch self {
    case .malformed: "holds no key, and none with a passphrase"
    case .unknownVersion: "holds a key with a passphrase in a form that is not known here"
    case .outOfBounds: "asks for more or less work than a key with a passphrase may"
    case .wrongPassphrase: "the passphrase is wrong, or the file was changed"
    case .cryptography(let error): "libcrypto: \(error)"
    }
  }
}
