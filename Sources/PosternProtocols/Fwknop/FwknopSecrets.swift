// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
internal import PosternWire

/// What client and server share: the passphrase, how it becomes a key, and the key of the code where there is one.
package struct FwknopSecrets: Hashable, Sendable {
  /// How a passphrase is used.
  package enum Mode: Hashable, Sendable {
    case cbc
    /// As clients before 2.5 did: cut or filled to sixteen characters.
    case legacy
  }

  package static let passphraseLengths = 1...32
  package static let codeKeyLengths = 1...128
  private static let legacyLength = 16

  /// The bytes that the key is derived from.
  package let passphrase: [UInt8]
  package let code: Code?

  /// The code over a packet: which one cannot be seen in it.
  package struct Code: Hashable, Sendable {
    package let algorithm: HashAlgorithm
    package let key: [UInt8]

    package init(_ algorithm: HashAlgorithm, key: [UInt8]) {
      self.algorithm = algorithm
      self.key = key
    }
  }

  /// Nil for keys of a length that no client takes, and for equal ones, which clients and servers refuse.
  package init?(passphrase: [UInt8], mode: Mode, code: Code?) {
    guard Self.passphraseLengths.contains(passphrase.count) else { return nil }
    if let code, !Self.codeKeyLengths.contains(code.key.count) || code.key == passphrase { return nil }
    self.passphrase = Self.effective(passphrase, mode)
    self.code = code
  }

  private static func effective(_ passphrase: [UInt8], _ mode: Mode) -> [UInt8] {
    switch mode {
    case .cbc: passphrase
    case .legacy:
      Array(passphrase.prefix(legacyLength)) + Array(repeating: UInt8(ascii: "0"), count: max(0, legacyLength - passphrase.count))
    }
  }
}
