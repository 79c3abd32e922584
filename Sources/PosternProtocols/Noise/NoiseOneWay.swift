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
    let suite = try NoiseSuite()
    let start = try NoiseSymmetricState(pattern, suite)
    self.pattern = pattern
    self.suite = suite
    self.start = start
  }

  /// The state after the prologue and the pre-message `<- s`.
  func begin(prologue: RawSpan, responder: Bytes32) throws(CryptoError) -> NoiseSymmetricState {
    var state = start
    try state.mixHash(prologue, suite)
    try responder.withBytes { key throws(CryptoError) in try state.mixHash(key, suite) }
    return state
  }

  /// The `e` token.
  func mixEphemeral(_ key: Bytes32, into state: inout NoiseSymmetricState) throws(CryptoError) {
    try key.withBytes { key throws(CryptoError) in
      try state.mixHash(key, suite)
      if pattern.usesPresharedKey { try state.mixKey(key, suite) }
    }
  }
}
