// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternWire

/// Computes hints: eight bytes by which the gate knows, before the curve, that a packet may come from one of its clients.
///
/// hint = HMAC(K_hint, u64(stamp / 64 s)), the first eight bytes. One value serves any number of keys, one after the other.
package struct SPAHint: ~Copyable {
  package static let stepLength: UInt64 = 64_000_000_000

  private let hmac: HMACSHA256

  package init() throws(CryptoError) {
    hmac = try Bytes32.zero.withBytes { zeros throws(CryptoError) in try HMACSHA256(key: zeros) }
  }

  /// The number of the 64-second step that a moment lies in.
  package static func step(of moment: Timestamp) -> UInt64 { moment.nanoseconds / stepLength }

  /// K_hint = HMAC(static-static secret, "postern spa v1 hint" || psk).
  package func key(staticStatic: RawSpan, presharedKey: RawSpan) throws(CryptoError) -> Bytes32 {
    try hmac.rekey(staticStatic)
    return try SPALabel.hint.withBytes { label throws(CryptoError) in try hmac.mac(label, presharedKey) }
  }

  package func value(key: RawSpan, step: UInt64) throws(CryptoError) -> UInt64 {
    try hmac.rekey(key)
    return try step.withBytes { step throws(CryptoError) in try hmac.mac(step).high.high }
  }
}
