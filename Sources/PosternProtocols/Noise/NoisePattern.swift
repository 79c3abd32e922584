// SPDX-License-Identifier: Apache-2.0

/// The one-way patterns of Noise rev. 34 (section 7.4) that are spoken here, with 25519, ChaChaPoly and SHA256.
package enum NoisePattern: Hashable, Sendable, CaseIterable {
  /// `<- s ... -> e, es, s, ss`
  case x
  /// `<- s ... -> e, es, s, ss, psk`
  case xpsk1

  package var name: String {
    switch self {
    case .x: "Noise_X_25519_ChaChaPoly_SHA256"
    case .xpsk1: "Noise_Xpsk1_25519_ChaChaPoly_SHA256"
    }
  }

  /// In psk mode the `e` token mixes the ephemeral key into the chaining key too (section 9.2).
  package var usesPresharedKey: Bool {
    switch self {
    case .x: false
    case .xpsk1: true
    }
  }
}
