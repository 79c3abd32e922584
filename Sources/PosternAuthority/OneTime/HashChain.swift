// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Where a client key stands in its hash chain: each password is the one whose hash is the password before it (RFC 1760).
///
/// Whoever verifies hashes a password until it meets ``value(from:)``; only that password and those before it are spent then.
package struct HashChain: Hashable, Sendable {
  /// Names the anchor that the value goes back to; another anchor starts another chain.
  package private(set) var anchor: UInt64
  package private(set) var value: Bytes32

  package init(anchor: UInt64 = 0, value: Bytes32 = .zero) {
    self.anchor = anchor
    self.value = value
  }

  /// What a password has to lead to, in a chain that the configuration starts at `anchor`.
  package func value(from anchor: Bytes32) -> Bytes32 { self.anchor == Self.name(of: anchor) ? value : anchor }

  /// Spends a password that was verified.
  package mutating func spend(_ password: Bytes32, from anchor: Bytes32) {
    self = HashChain(anchor: Self.name(of: anchor), value: password)
  }

  private static func name(of anchor: Bytes32) -> UInt64 { anchor.high.high }
}
