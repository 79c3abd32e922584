// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternWire

/// A client key of a sealed form, as the client holds it: makes envelopes.
package final class SealedSender {
  private let envelope: SealedEnvelope
  private let hint: SealedHint
  private let store: SecretStore
  private let key: SecretStore.Slot
  private let hintKey: SecretStore.Slot

  package init(_ secret: Bytes32, of knockProtocol: KnockProtocol) throws(CryptoError) {
    let hint = SealedHint(knockProtocol)
    var store = try SecretStore(capacity: 2)
    let key = try store.add(secret)
    let hintKey = try store.add(hint.key(secret))
    envelope = try SealedEnvelope()
    self.key = key
    self.hintKey = hintKey
    self.hint = hint
    self.store = store
  }

  /// `counter` is max(now in nanoseconds, last + 1), kept under a lock: none may serve twice.
  package func seal(_ plain: [UInt8], form: UInt8, counter: Timestamp) throws(CryptoError) -> [UInt8] {
    let step = SealedHint.step(of: counter.nanoseconds)
    let value = store.withSecret(hintKey) { hint.value(key: $0, step: step, form: form) }
    let secret = store.withSecret(key) { Bytes32($0) }
    return try envelope.seal(plain, key: secret, counter: counter.nanoseconds, hint: value)
  }
}
