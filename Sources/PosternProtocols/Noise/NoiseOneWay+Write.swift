// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternWire

extension NoiseOneWay {
  /// The initiator's message. The ephemeral key must be fresh: two messages under one would share key and nonce.
  ///
  /// `presharedKey` is used in psk mode alone, and missing there is refused.
  package func write(
    _ payload: RawSpan, prologue: RawSpan, ephemeral: borrowing X25519PrivateKey, initiator: borrowing X25519PrivateKey,
    responder: Bytes32, presharedKey: RawSpan?
  ) throws(CryptoError) -> [UInt8] {
    var state = begin(prologue: prologue, responder: responder)
    mixEphemeral(ephemeral.publicKey, into: &state)
    try mixAgreement(ephemeral, responder, into: &state)
    let sealedStatic = try initiator.publicKey.withBytes { key throws(CryptoError) in try state.encryptAndHash(key, suite) }
    try mixAgreement(initiator, responder, into: &state)
    if pattern.usesPresharedKey {
      guard let presharedKey else { throw .wrongLength }
      state.mixKeyAndHash(presharedKey, suite)
    }
    return try ephemeral.publicKey.array + sealedStatic + state.encryptAndHash(payload, suite)
  }

  /// The `es` and `ss` tokens.
  private func mixAgreement(
    _ key: borrowing X25519PrivateKey, _ peer: Bytes32, into state: inout NoiseSymmetricState
  ) throws(CryptoError) {
    let shared = try key.sharedSecret(with: peer)
    shared.withBytes { state.mixKey($0, suite) }
  }
}
