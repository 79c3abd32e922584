// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func fwknop(_ key: Configuration.FwknopKey) -> FwknopCredential {
    let passphrase = bytes(key.passphrase, FwknopCredential.passphraseLengths)
    let code = key.code.map { bytes($0, FwknopCredential.codeKeyLengths) } ?? []
    if let file = key.code?.file, code == passphrase {
      complaints.add("\(file.value.quoted) holds the same as the key: clients refuse that, too", at: file.position)
    }
    return FwknopCredential(
      mode: key.mode, passphrase: passphrase, codeHash: key.codeHash, codeKey: code, user: key.user, sources: key.sources,
      requiresAddress: key.requiresAddress, allowsAnyAgent: key.allowsAnyAgent)
  }

  /// Two keys with one secret would be one key: a packet says nothing else of who sent it.
  func complainAboutSharedFwknopSecrets(_ keys: [GateTables.ClientKey]) {
    var seen: Set<[UInt8]> = []
    for (secret, place) in zip(keys.map { $0.credential.fwknop?.identity }, fwknopPlaces) {
      guard let secret, let place, !seen.insert(secret).inserted else { continue }
      complaints.add("\(place.value.quoted) holds the same as another key's file", at: place.position)
    }
  }

  /// Of every key, in the order of the tables, the file that tells its packets from those of others.
  private var fwknopPlaces: [Located<String>?] {
    configuration.users.flatMap(\.keys).map { key in
      guard case .fwknop(let key) = key.form else { return nil }
      return (key.code ?? key.passphrase).file
    }
  }

  /// Stand-in bytes after a complaint.
  private func bytes(_ secret: Configuration.FwknopKey.Secret, _ lengths: ClosedRange<Int>) -> [UInt8] {
    let standIn = Array(secret.file.value.utf8.prefix(lengths.upperBound))
    guard let bytes = content(secret) else { return standIn }
    guard lengths.contains(bytes.count) else {
      let bounds = "\(lengths.lowerBound) to \(lengths.upperBound) bytes"
      complaints.add("\(secret.file.value.quoted) must hold a key of \(bounds), not \(bytes.count)", at: secret.file.position)
      return standIn
    }
    return bytes
  }

  private func content(_ secret: Configuration.FwknopKey.Secret) -> [UInt8]? {
    guard let text = secretText(secret.file) else { return nil }
    guard secret.isBase64 else { return text }
    guard let bytes = Base64.decode(String(decoding: text, as: UTF8.self)) else {
      complaints.add("\(secret.file.value.quoted) must hold base64 and nothing else", at: secret.file.position)
      return nil
    }
    return bytes
  }
}

extension FwknopCredential {
  /// What a gate finds the key by.
  fileprivate var identity: [UInt8] { codeKey.isEmpty ? [0, mode.rawValue] + passphrase : [1, codeHash.rawValue] + codeKey }
}
