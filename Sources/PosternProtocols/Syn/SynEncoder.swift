// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternWire

/// Makes `syn` knocks.
package enum SynEncoder {
  /// The header fields of a claim's SYN.
  package static func fields(_ claim: SynClaim, secret: RawSpan) -> KnockStep.TCPFields {
    let code = SynCode()
    let hint = code.hint(secret: secret, step: claim.step)
    let sent = code.code(secret: secret, claim).high.high
    return KnockStep.TCPFields(
      flags: .syn, sequence: UInt32(truncatingIfNeeded: sent >> 32), acknowledgement: UInt32(truncatingIfNeeded: sent),
      window: hint)
  }

  /// The one packet of a knock. A claim knocks once: the next one for the same port from the same address takes a later step.
  package static func steps(_ claim: SynClaim, secret: RawSpan) -> [KnockStep] {
    [KnockStep(.tcp(fields(claim, secret: secret)), port: claim.port)]
  }
}
