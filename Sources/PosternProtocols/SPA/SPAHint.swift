// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternWire

/// Computes hints: eight bytes by which the gate knows, before the curve, that a packet may come from one of its clients.
///
/// hint = HMAC(K_hint, u64(stamp / 64 s)), the first eight bytes. One value serves any number of keys, one after the other.
package struct SPAHint: ~Copyable {
  package static let stepLength: UInt64 = 64_000_000_000

  private let hmac: HMACSHA256

  package init() { hmac = Bytes32.zero.withBytes { HMACSHA256(key: $0) } }

  /// The number of the 64-second step that a moment lies in.
  package static func step(of moment: Timestamp) -> UInt64 { moment.nanoseconds / stepLength }

  /// K_hint = HMAC(static-static secret, "postern spa v1 hint" || psk).
  package func key(staticStatic: RawSpan, presharedKey: RawSpan) -> Bytes32 {
    hmac.rekey(staticStatic)
    return SPALabel.hint.withBytes { hmac.mac($0, presharedKey) }
  }

  package func value(key: RawSpan, step: UInt64) -> UInt64 {
    hmac.rekey(key)
    return step.withBytes { hmac.mac($0).high.high }
  }
}
