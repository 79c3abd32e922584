// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
package import PosternWire

/// A chain of one-time passwords: each is the one whose SHA-256 is the password before it, and the anchor is the hash of the first. So what
/// was seen on its way leads to no later one (Lamport 1981; RFC 1760).
package enum PasswordChain {
  /// How a password stands to where the chain is.
  package enum Place: Hashable, Sendable {
    /// It leads there in one step or a few.
    case ahead
    /// The one that counted last, or one of those before it.
    case behind
    case elsewhere
  }

  /// At most `gap` passwords may have got lost on the way.
  package static func place(of password: Bytes32, at value: Bytes32, gap: Int) -> Place {
    if leads(password, to: value, steps: 1...max(gap, 0) + 1) { return .ahead }
    return leads(value, to: password, steps: 0...max(gap, 0) + 1) ? .behind : .elsewhere
  }

  /// The anchor and the passwords of a chain of so many, in the order in which they count; `seed` is the last of them.
  package static func make(from seed: Bytes32, count: Int) -> (anchor: Bytes32, passwords: [Bytes32]) {
    var passwords: [Bytes32] = []
    var value = seed
    for _ in 0..<count {
      passwords.append(value)
      value = next(value)
    }
    return (value, passwords.reversed())
  }

  private static func leads(_ first: Bytes32, to last: Bytes32, steps: ClosedRange<Int>) -> Bool {
    var value = first
    for step in 0...steps.upperBound {
      if steps.contains(step), constantTimeEqual(value, last) { return true }
      value = next(value)
    }
    return false
  }

  private static func next(_ value: Bytes32) -> Bytes32 { value.withBytes { SHA256.hash($0) } }
}
