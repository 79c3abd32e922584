// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
internal import PosternWire

/// The one message of a one-way pattern: `e (32) | sealed static key (48) | sealed payload (length + 16)`.
///
/// The ephemeral key is an argument: nothing here draws randomness. One value serves any number of messages, one after the other.
package struct NoiseOneWay: ~Copyable {
  /// Message bytes that are not payload.
  package static let overhead = 32 + sealedStaticLength + ChaCha20Poly1305.tagLength
  static let sealedStaticLength = 32 + ChaCha20Poly1305.tagLength

  let pattern: NoisePattern
  let suite: NoiseSuite
  /// The state before the prologue, the same for every message.
  private let start: NoiseSymmetricState

  package init(_ pattern: NoisePattern) throws(CryptoError) {
    suite = try NoiseSuite()
    self.pattern = pattern
    start = NoiseSymmetricState(pattern)
  }

  /// The state after the prologue and the pre-message `<- s`.
  func begin(prologue: RawSpan, responder: Bytes32) -> NoiseSymmetricState {
    var state = start
    state.mixHash(prologue)
    responder.withBytes { state.mixHash($0) }
    return state
  }

  /// The `e` token.
  func mixEphemeral(_ key: Bytes32, into state: inout NoiseSymmetricState) {
    key.withBytes { key in
      state.mixHash(key)
      if pattern.usesPresharedKey { state.mixKey(key, suite) }
    }
  }
}
