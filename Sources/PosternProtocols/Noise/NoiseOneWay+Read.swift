// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternWire

extension NoiseOneWay {
  /// A message of which the sender's static key is known and the payload not yet.
  ///
  /// Who the sender is decides the pre-shared key and the static-static secret, both kept by the caller: a message costs one
  /// curve operation. The key is proved only when the payload opens.
  package struct HalfRead: Sendable {
    package let initiator: Bytes32
    let state: NoiseSymmetricState
  }

  /// The responder's first step: `e, es, s`.
  ///
  /// Throws ``CryptoError/refusedPoint`` for an ephemeral key of small order and ``CryptoError/badSeal`` for a message that was not
  /// made for this key and prologue.
  package func readStatic(
    _ message: RawSpan, prologue: RawSpan, responder: borrowing X25519PrivateKey
  ) throws(CryptoError) -> HalfRead {
    guard message.byteCount >= Self.overhead else { throw .wrongLength }
    let ephemeral = Bytes32(message)
    let shared = try responder.sharedSecret(with: ephemeral)
    var state = begin(prologue: prologue, responder: responder.publicKey)
    mixEphemeral(ephemeral, into: &state)
    shared.withBytes { state.mixKey($0, suite) }
    let sealed = message.extracting(droppingFirst: 32).extracting(first: Self.sealedStaticLength)
    let initiator = try state.decryptAndHash(sealed, suite).withBytes { Bytes32($0) }
    return HalfRead(initiator: initiator, state: state)
  }

  /// The responder's second step: `ss`, `psk` and the payload. `message` is the whole message again.
  package func readPayload(
    _ message: RawSpan, after half: HalfRead, staticStatic: RawSpan, presharedKey: RawSpan?
  ) throws(CryptoError) -> [UInt8] {
    guard message.byteCount >= Self.overhead else { throw .wrongLength }
    var state = half.state
    state.mixKey(staticStatic, suite)
    if pattern.usesPresharedKey {
      guard let presharedKey else { throw .wrongLength }
      state.mixKeyAndHash(presharedKey, suite)
    }
    return try state.decryptAndHash(message.extracting(droppingFirst: 32 + Self.sealedStaticLength), suite)
  }
}
