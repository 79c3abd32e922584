// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
import PosternWire

/// The secret of a TOTP key as authenticator programs take it, `otpauth://totp/ISSUER:ACCOUNT?secret=...` (Key URI Format).
///
/// It shows its secret in ``text`` only.
package struct CodeURI: Sendable {
  /// Longer ones are no key's.
  package static let maximumBytes = 1024
  /// Bytes of a secret: shorter ones can be guessed (RFC 4226 section 4, R6, which asks for 16 and recommends 20, is not what all keep).
  package static let secretBytes = 10...64
  private static let scheme = "otpauth://totp/"

  package var issuer: String
  package var account: String
  package var secret: [UInt8]
  package var hash: CodeSecret.Hash
  package var digits: UInt8

  package init(issuer: String, account: String, secret: [UInt8], hash: CodeSecret.Hash = .sha1, digits: UInt8 = 6) {
    self.issuer = issuer
    self.account = account
    self.secret = secret
    self.hash = hash
    self.digits = digits
  }

  package var text: String {
    let (issuer, account) = (PercentCoding.encode(issuer), PercentCoding.encode(account))
    return "\(Self.scheme)\(issuer):\(account)?secret=\(Base32.encode(secret))&issuer=\(issuer)&algorithm=\(hash.name)"
      + "&digits=\(digits)&period=\(OneTimeCode.period)"
  }

  /// Nil for what is no key of time steps of 30 seconds with 6 to 9 digits, and for a parameter that stands there twice. Parameters
  /// that mean nothing here are left out.
  package init?(_ text: [UInt8]) {
    guard text.count <= Self.maximumBytes, text.starts(with: Self.scheme.utf8) else { return nil }
    let parts = text.dropFirst(Self.scheme.utf8.count).split(separator: UInt8(ascii: "?"), omittingEmptySubsequences: false)
    guard parts.count == 2, let label = Self.label(parts[0]), let values = Self.parameters(parts[1]) else { return nil }
    guard let secret = values["secret"].flatMap({ Base32.decode($0) }), Self.secretBytes.contains(secret.count),
      let hash = values["algorithm"].map(Self.hash) ?? .sha1,
      let digits = values["digits"].map(Self.digits) ?? 6,
      values["period"].map({ $0.elementsEqual("\(OneTimeCode.period)".utf8) }) ?? true
    else { return nil }
    self.init(issuer: label.issuer, account: label.account, secret: secret, hash: hash, digits: digits)
  }

  /// The code of a moment.
  package func code(at now: Timestamp) -> UInt32 {
    secret.withBytes { OneTimeCode(hash.algorithm, key: $0, digits: digits).code(OneTimeCode.step(at: now)) }
  }

  private static func label(_ text: ArraySlice<UInt8>) -> (issuer: String, account: String)? {
    guard let label = PercentCoding.decode(text) else { return nil }
    // A colon is one also where a combining mark follows it.
    let scalars = label.unicodeScalars
    guard let colon = scalars.firstIndex(of: ":") else { return ("", label) }
    return (String(scalars[..<colon]), String(scalars[scalars.index(after: colon)...]))
  }

  private static func parameters(_ text: ArraySlice<UInt8>) -> [String: ArraySlice<UInt8>]? {
    var values: [String: ArraySlice<UInt8>] = [:]
    for pair in text.split(separator: UInt8(ascii: "&")) {
      guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let name = String(decoding: pair[..<equals], as: UTF8.self)
      guard values.updateValue(pair[(equals + 1)...], forKey: name) == nil else { return nil }
    }
    return values
  }

  private static func hash(_ text: ArraySlice<UInt8>) -> CodeSecret.Hash? {
    CodeSecret.Hash.allCases.first { text.elementsEqual($0.name.utf8) }
  }

  private static func digits(_ text: ArraySlice<UInt8>) -> UInt8? {
    CodeSecret.digits.first { text.elementsEqual("\($0)".utf8) }
  }
}

extension CodeURI: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "\(issuer):\(account)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension CodeSecret.Hash {
  package var algorithm: HashAlgorithm {
    switch self {
    case .sha1: .sha1
    case .sha256: .sha256
    case .sha512: .sha512
    }
  }

  fileprivate var name: String {
    switch self {
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    case .sha512: "SHA512"
    }
  }
}
