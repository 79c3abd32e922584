// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// Opens envelopes.
struct FwknopCipher: ~Copyable {
  private let cipher: AES256CBC

  init() throws(CryptoError) { cipher = try AES256CBC() }

  /// The plain text; nil when it does not end as it must, which another passphrase shows with all but certainty.
  func open(_ envelope: FwknopEnvelope, passphrase: RawSpan) -> [UInt8]? {
    let schedule = envelope.salt.withBytes { FwknopKeySchedule(passphrase: passphrase, salt: $0) }
    return envelope.cipherText.withBytes { text in try? cipher.decrypt(text, key: schedule.key, iv: schedule.iv) }
  }

  /// Whether a passphrase can be the one of an envelope's bytes: their first block is then sixteen digits. Nothing is allocated.
  func mayOpen(_ envelope: RawSpan, passphrase: RawSpan) -> Bool {
    let salt = envelope.extracting(FwknopEnvelope.headerLength - FwknopEnvelope.saltLength..<FwknopEnvelope.headerLength)
    let schedule = FwknopKeySchedule(passphrase: passphrase, salt: salt)
    let cipherText = envelope.extracting(droppingFirst: FwknopEnvelope.headerLength)
    let block = try? cipher.firstBlock(of: cipherText, key: schedule.key, iv: schedule.iv)
    return block?.isSixteenDigits ?? false
  }
}

extension Bytes16 {
  fileprivate var isSixteenDigits: Bool { Self.areDigits(high) && Self.areDigits(low) }

  private static func areDigits(_ word: UInt64) -> Bool {
    stride(from: UInt64(0), to: 64, by: 8).allSatisfy { FwknopDecimal.isDigit(UInt8(truncatingIfNeeded: word >> $0)) }
  }
}
