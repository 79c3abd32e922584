// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Makes the port sequences of one rolling key.
package struct RollingEncoder: ~Copyable {
  /// Between two packets, so that they seldom overtake each other.
  package static let pause = Timestamp.Span.milliseconds(10)

  private let credential: RollingCredential
  private let sequence: RollingSequence

  package init(_ credential: RollingCredential) {
    self.credential = credential
    sequence = RollingSequence()
  }

  /// The ports at a moment, for the address that the gateway will see; without one they are those of a key that binds none.
  package func ports(at now: Timestamp, source: IPAddress?) -> [UInt16] {
    let step = RollingSequence.step(of: now, length: credential.stepLength)
    let bound = credential.bindsSource ? source : nil
    return credential.secret.withBytes { secret in
      let first = sequence.opening(secret, step: step, door: credential.door)
      let rest = sequence.rest(
        secret, step: step, door: credential.door, source: bound,
        count: Int(credential.portCount) - RollingSequence.openingLength)
      return ([first.0, first.1] + rest).map { credential.base + $0 }
    }
  }

  package func steps(at now: Timestamp, source: IPAddress?) -> [KnockStep] {
    ports(at: now, source: source).map { port in
      switch credential.transport {
      case .tcp: .connect(port, pause: Self.pause)
      case .udp: .udp(port, pause: Self.pause)
      }
    }
  }
}
