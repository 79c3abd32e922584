// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
internal import PosternWire

/// Makes what a packet carries, as the fwknop client does.
package struct FwknopEncoder: ~Copyable {
  package static let saltLength = FwknopEnvelope.saltLength

  private let cipher: AES256CBC
  private let secrets: FwknopSecrets

  package init(_ secrets: FwknopSecrets) throws(CryptoError) {
    cipher = try AES256CBC()
    self.secrets = secrets
  }

  /// The text of a message: the data of a datagram, or of the first segment of a flow. `random` and the eight bytes of `salt` are fresh for
  /// each message.
  package func encode(
    _ message: FwknopMessage, random: UInt64, salt: [UInt8], digest: HashAlgorithm = .sha256
  ) throws(CryptoError) -> [UInt8] {
    try seal(message.plainText(random: random, digest: digest), salt: salt)
  }

  /// The text around any plain text, whether or not it makes sense.
  package func seal(_ plainText: [UInt8], salt: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard salt.count == Self.saltLength else { throw .wrongLength }
    let text = FwknopEnvelope(salt: salt, cipherText: try encrypted(plainText, salt)).text
    guard let code = secrets.code else { return text }
    return text + UnpaddedBase64.encode(Self.code(code, over: FwknopText.prefix + text))
  }

  /// The request that carries a text in its target, as the client makes it with `-P http`.
  package static func httpRequest(_ text: [UInt8], host: String, agent: String = "Fwknop/2.6.11") -> [UInt8] {
    let target = String(decoding: text.map(urlCharacter), as: UTF8.self)
    let lines = ["GET /\(target) HTTP/1.1", "User-Agent: \(agent)", "Accept: */*", "Host: \(host)", "Connection: close", "", ""]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  private func encrypted(_ plainText: [UInt8], _ salt: [UInt8]) throws(CryptoError) -> [UInt8] {
    let schedule = secrets.passphrase.withBytes { passphrase in
      salt.withBytes { FwknopKeySchedule(passphrase: passphrase, salt: $0) }
    }
    return try plainText.withBytes { plainText throws(CryptoError) in
      try cipher.encrypt(plainText, key: schedule.key, iv: schedule.iv)
    }
  }

  private static func code(_ code: FwknopSecrets.Code, over text: [UInt8]) -> [UInt8] {
    code.key.withBytes { key in text.withBytes { KeyedHash(code.algorithm, key: key).mac($0) } }
  }

  private static func urlCharacter(_ character: UInt8) -> UInt8 {
    switch character {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    default: character
    }
  }
}
