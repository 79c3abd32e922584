// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

/// What a knock's code came to, by the word of whoever holds the secrets and knows the key's state.
package enum CodeAnswer: Hashable, Sendable {
  /// The key needs no code.
  case notAsked
  case missing
  case wrong
  /// It was right once.
  case used
  /// The code of a counter (RFC 4226).
  case counter(UInt64)
  /// The code of a time step (RFC 6238).
  case step(UInt64)
  /// The next password of a hash chain, or one of those that follow it.
  case link(Bytes32, anchor: Bytes32)
}

extension KeyState {
  /// Spends what a code proves; refuses what was spent before as `secondFactorUsed`, no code as `secondFactorMissing`, another as
  /// `secondFactorWrong`.
  mutating func spend(_ answer: CodeAnswer) throws(Denial) {
    switch answer {
    case .notAsked: return
    case .missing: throw .secondFactorMissing
    case .wrong: throw .secondFactorWrong
    case .used: throw .secondFactorUsed
    case .counter(let counter):
      guard counter >= nextCounter, counter < .max else { throw .secondFactorUsed }
      nextCounter = counter + 1
    case .step(let step):
      guard step >= nextStep, step < .max else { throw .secondFactorUsed }
      nextStep = step + 1
    case .link(let password, let anchor): chain.spend(password, from: anchor)
    }
    failures.forgive()
  }
}
