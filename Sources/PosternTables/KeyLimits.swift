// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What bounds a client key beside its validity and its rate.
package struct KeyLimits: Hashable, Sendable {
  /// How often it may open in all; nil does not count.
  package var uses: UInt32?
  package var secondFactor: SecondFactor?
  /// Its knocks carry something that counts once only.
  package var remembers: Bool
  /// A number that the configuration raises to have the key begin anew after its state was lost.
  package var renewal: UInt32

  package init(uses: UInt32? = nil, secondFactor: SecondFactor? = nil, remembers: Bool = false, renewal: UInt32 = 0) {
    self.uses = uses
    self.secondFactor = secondFactor
    self.remembers = remembers
    self.renewal = renewal
  }

  /// Whether something of the key has to be remembered over restarts.
  package var needsState: Bool { uses != nil || secondFactor != nil || remembers }
}

/// What a knock has to prove beside its key.
package enum SecondFactor: Hashable, Sendable {
  /// A code of the time (RFC 6238), in steps of 30 seconds.
  case totp(CodeSecret)
  /// A code of a counter (RFC 4226), which starts at `from`.
  case hotp(CodeSecret, from: UInt64)
  /// The next password of a hash chain that `anchor` ends.
  case chain(anchor: Bytes32)

  /// Codes and passwords ahead that still count: so many knocks may have got lost.
  package static let gap = 10
}

/// The secret of one-time codes and their form.
package struct CodeSecret: Hashable, Sendable {
  package enum Hash: UInt8, Hashable, Sendable, CaseIterable {
    case sha1 = 1
    case sha256 = 2
    case sha512 = 3
  }

  /// A code has at least six digits (RFC 4226 section 4, R4); more than nine do not fit 32 bits.
  package static let digits: ClosedRange<UInt8> = 6...9

  package var secret: Bytes32
  package var hash: Hash
  package var digits: UInt8

  package init(secret: Bytes32, hash: Hash = .sha1, digits: UInt8 = 6) {
    self.secret = secret
    self.hash = hash
    self.digits = digits
  }
}

extension SecondFactor {
  /// Overwrites the secret in place.
  mutating func eraseSecret() {
    switch self {
    case .totp(var code):
      code.secret = .zero
      self = .totp(code)
    case .hotp(var code, let start):
      code.secret = .zero
      self = .hotp(code, from: start)
    case .chain: return
    }
  }
}
