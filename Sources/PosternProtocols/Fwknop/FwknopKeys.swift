// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// What the gate keeps of its fwknop clients: their passphrases and the schedules of their codes, in locked memory.
///
/// No packet says whose it is. What it does say narrows the search: its length leaves few kinds of code, its source few keys.
struct FwknopKeys: ~Copyable {
  /// One key.
  struct Holder {
    let key: KeyIndex
    let rules: FwknopRules
    /// Characters of the code at the end of a packet; zero where there is none.
    let tail: Int
    fileprivate let passphrase: SecretStore.Slot
    fileprivate let passphraseLength: Int
    fileprivate let code: KeyedHashStore.Slot?
  }

  /// The keys whose packets end in a code of one length.
  struct Group {
    /// Characters of the code; zero where there is none.
    let tail: Int
    fileprivate(set) var sources = FwknopSources()

    init(tail: Int) { self.tail = tail }
  }

  private let codes: KeyedHashStore
  private let passphrases: SecretStore
  let holders: [Holder]
  /// Codes first: a packet that bears one is not tried without.
  let groups: [Group]

  init(_ keys: [Registered<FwknopCredential>]) throws(CryptoError) {
    var codes = try KeyedHashStore(capacity: keys.count)
    var passphrases = try SecretStore(capacity: keys.count)
    var holders: [Holder] = []
    var groups: [Int: Group] = [:]
    for registered in keys {
      let credential = registered.credential
      guard let secrets = FwknopSecrets(credential) else { throw .wrongLength }
      groups[secrets.tail, default: Group(tail: secrets.tail)].sources.add(holders.count, from: credential.sources)
      holders.append(try Self.holder(registered.key, credential, secrets, &passphrases, &codes))
    }
    self.codes = codes
    self.passphrases = passphrases
    self.holders = holders
    self.groups = groups.values.sorted { $0.tail > $1.tail }
  }

  var isLocked: Bool { codes.isLocked && passphrases.isLocked }

  private static func holder(
    _ key: KeyIndex, _ credential: FwknopCredential, _ secrets: FwknopSecrets, _ passphrases: inout SecretStore,
    _ codes: inout KeyedHashStore
  ) throws(CryptoError) -> Holder {
    let passphrase = try passphrases.add(Bytes32(filling: secrets.passphrase))
    var slot: KeyedHashStore.Slot?
    if let code = secrets.code {
      slot = try code.key.withBytes { key throws(CryptoError) in try codes.add(code.algorithm, key: key) }
    }
    return Holder(
      key: key, rules: FwknopRules(credential), tail: secrets.tail, passphrase: passphrase,
      passphraseLength: secrets.passphrase.count, code: slot)
  }

  /// Lends the bytes of a holder's passphrase.
  func withPassphrase<Result>(_ holder: Int, _ body: (RawSpan) -> Result) -> Result {
    passphrases.withSecret(holders[holder].passphrase) { body($0.extracting(first: holders[holder].passphraseLength)) }
  }

  /// Whether a code is that of a message under the holder's key; false where he has none.
  func verifies(_ code: RawSpan, of message: RawSpan, _ holder: Int) -> Bool {
    guard let slot = holders[holder].code else { return false }
    return codes.verifies(code, of: message, slot)
  }
}

extension FwknopSecrets {
  /// Characters of the code at the end of a packet.
  fileprivate var tail: Int { code.map { UnpaddedBase64.textLength(ofBytes: $0.algorithm.byteCount) } ?? 0 }

  init?(_ credential: FwknopCredential) {
    let code = credential.codeKey.isEmpty ? nil : Code(HashAlgorithm(credential.codeHash), key: credential.codeKey)
    self.init(passphrase: credential.passphrase, mode: Mode(credential.mode), code: code)
  }
}

extension FwknopSecrets.Mode {
  fileprivate init(_ mode: FwknopCredential.Mode) {
    self =
      switch mode {
      case .cbc: .cbc
      case .legacy: .legacy
      }
  }
}

extension HashAlgorithm {
  fileprivate init(_ hash: FwknopCredential.CodeHash) {
    self =
      switch hash {
      case .md5: .md5
      case .sha1: .sha1
      case .sha256: .sha256
      case .sha384: .sha384
      case .sha512: .sha512
      case .sha3_256: .sha3_256
      case .sha3_512: .sha3_512
      }
  }
}

extension Bytes32 {
  /// Up to 32 bytes, zeros behind them.
  fileprivate init(filling bytes: [UInt8]) {
    let padded = bytes + [UInt8](repeating: 0, count: max(0, 32 - bytes.count))
    self = padded.withBytes { Bytes32($0) }
  }
}
