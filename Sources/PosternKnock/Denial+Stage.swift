// SPDX-License-Identifier: Apache-2.0

/// The steps in which a packet is decided, in their order; where two of the keeper's bear the same name as the gate's, the keeper
/// repeats a check.
package enum DecisionStage: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  // What anybody's packet meets.
  case prefix
  case touch
  case headers
  case carrier
  case length
  case tag
  case copy
  case budget
  case curve
  case identity
  case seal
  // What a known key's knock meets.
  case payload
  case hint
  case clock
  case freshness
  case replay
  case oneTime = "one-time"
  case rate
  case record
  case validity
  case door
  case hours
  case action
  case strength
  case system
  case source
  case address
  case secondFactor = "second-factor"
  case uses
  // What the keeper asks besides.
  case frame
  case lease
  case quota
  case ban
  case kernel

  package var description: String { rawValue }
}

extension Denial {
  /// The step that refuses for this reason.
  package var stage: DecisionStage {
    switch self {
    case .unknownPrefix: .prefix
    case .malformedHeaders, .fragment, .badChecksum: .headers
    case .wrongTransport: .carrier
    case .wrongLength, .unsupported: .length
    case .wrongTag: .tag
    case .duplicate: .copy
    case .overload: .budget
    case .badEphemeral: .curve
    case .unknownKey, .outOfSequence: .identity
    case .badSeal: .seal
    case .malformedPayload, .userMismatch: .payload
    case .wrongHint: .hint
    case .clockClosed: .clock
    case .stale, .future: .freshness
    case .belowFloor, .replay: .replay
    case .rateLimited: .rate
    case .ringFull, .stateUnwritable: .record
    case .keyNotValid, .userDisabled: .validity
    case .unknownDoor, .doorNotPermitted, .serviceNotServed: .door
    case .unknownAction, .actionNotPermitted: .action
    case .protocolTooWeak: .strength
    case .wrongSystem, .systemUnknown: .system
    case .addressModeNotPermitted, .packetSourceTooOld, .sourceMismatch: .source
    case .noFamilyLeft, .addressNotAllowed, .ownAddress, .sourceNotPermitted: .address
    case .secondFactorMissing, .secondFactorWrong, .secondFactorUsed, .secondFactorExhausted, .secondFactorClosed: .secondFactor
    case .outsideHours: .hours
    case .oneTimeUsed, .keyStateLost: .oneTime
    case .usesSpent, .alreadyStarted: .uses
    case .frameMalformed, .generationStale: .frame
    case .leaseNotAllowed, .leaseHolder: .lease
    case .touch: .touch
    case .neverBanned, .routerAddress, .resolverAddress, .sessionHolder, .tooManyBans: .ban
    case .tooManyLeases, .tooManyGrants: .quota
    case .setFull, .setMissing, .setForeignOwner, .setUnsuited, .kernelRefused, .addressTaken: .kernel
    }
  }
}
