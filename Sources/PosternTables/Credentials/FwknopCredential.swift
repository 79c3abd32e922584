// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What a client key of protocol `fwknop` is: a stanza of secrets and of what they may be used for.
package struct FwknopCredential: Hashable, Sendable {
  /// How the passphrase is used.
  package enum Mode: UInt8, Hashable, Sendable, CaseIterable {
    case cbc = 1
    /// As clients before 2.5 did.
    case legacy = 2
  }

  /// The hash of the code over a packet. The raw values are fwknop's own numbers.
  package enum CodeHash: UInt8, Hashable, Sendable, CaseIterable {
    case md5 = 1
    case sha1
    case sha256
    case sha384
    case sha512
    case sha3_256
    case sha3_512
  }

  package static let passphraseLengths = 1...32
  package static let codeKeyLengths = 1...128
  /// Characters of a user's name at most.
  package static let userLimit = 48
  package static let sourceLimit = 64

  package var mode: Mode
  package var passphrase: [UInt8]
  package var codeHash: CodeHash
  /// Empty where the packets bear no code: then an observer can change them where their digest does not notice.
  package var codeKey: [UInt8]
  /// The user that packets must name; empty admits any.
  package var user: String
  /// Where packets may come from; empty admits any source.
  package var sources: [AddressPrefix]
  /// Whether packets must name an address instead of asking for that which they came from.
  package var requiresAddress: Bool
  /// Whether HTTP requests may call themselves anything.
  package var allowsAnyAgent: Bool

  package init(
    mode: Mode, passphrase: [UInt8], codeHash: CodeHash, codeKey: [UInt8], user: String, sources: [AddressPrefix],
    requiresAddress: Bool, allowsAnyAgent: Bool
  ) {
    self.mode = mode
    self.passphrase = passphrase
    self.codeHash = codeHash
    self.codeKey = codeKey
    self.user = user
    self.sources = sources
    self.requiresAddress = requiresAddress
    self.allowsAnyAgent = allowsAnyAgent
  }

  mutating func erase() {
    for index in passphrase.indices { passphrase[index] = 0 }
    for index in codeKey.indices { codeKey[index] = 0 }
  }
}
