// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What speaks against a source; each kind has a limit of its own.
package enum EvidenceKind: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Different guarded and knock ports that it sent something other than a knock to.
  case ports = 1
  /// Knocks that were refused, each by the weight of its reason.
  case refusals
  /// Wrong one-time values of known keys.
  case codes

  package var description: String {
    switch self {
    case .ports: "ports"
    case .refusals: "refusals"
    case .codes: "codes"
    }
  }
}

/// A source that reached a limit: an IPv4 address, or the /64 of an IPv6 address. Its packets may all be forged.
package struct Suspect: Hashable, Sendable {
  package let source: AddressPrefix
  package let evidence: EvidenceKind

  package init(source: AddressPrefix, evidence: EvidenceKind) {
    self.source = source
    self.evidence = evidence
  }

  /// What counts as one source: whoever has an IPv6 address has the addresses beside it, too.
  package static func source(of address: IPAddress) -> AddressPrefix {
    switch address {
    case .v4: AddressPrefix(around: address, length: 32)
    case .v6: AddressPrefix(around: address, length: 64)
    }
  }
}

extension Denial {
  /// What a refusal for this reason is evidence of.
  package enum Weight: Hashable, Sendable {
    /// Of nothing: copies that a network makes, users in trouble, this host's own states.
    case none
    /// Counts so often among refused knocks.
    case refusal(Int)
    case code
  }

  package var weight: Weight {
    switch self {
    case .wrongTransport, .wrongLength, .wrongTag, .unsupported, .outOfSequence: .refusal(1)
    // Whoever gets so far took trouble, or is a user whose profile is wrong.
    case .badEphemeral, .unknownKey, .badSeal: .refusal(2)
    case .secondFactorWrong, .secondFactorExhausted: .code
    case .unknownPrefix, .malformedHeaders, .fragment, .badChecksum, .duplicate, .overload, .touch: .none
    case .malformedPayload, .wrongHint, .stale, .future, .belowFloor, .clockClosed, .replay, .rateLimited, .ringFull,
      .stateUnwritable, .keyNotValid, .unknownDoor, .doorNotPermitted, .protocolTooWeak, .addressModeNotPermitted,
      .packetSourceTooOld, .sourceMismatch, .noFamilyLeft, .addressNotAllowed, .userDisabled, .serviceNotServed, .unknownAction,
      .actionNotPermitted, .secondFactorMissing, .secondFactorUsed, .secondFactorClosed, .oneTimeUsed, .keyStateLost,
      .outsideHours, .usesSpent, .userMismatch, .wrongSystem, .systemUnknown,
      .alreadyStarted:
      .none
    case .frameMalformed, .generationStale, .sourceNotPermitted, .leaseNotAllowed, .ownAddress, .tooManyLeases, .tooManyGrants,
      .setFull, .setMissing, .setForeignOwner, .setUnsuited, .kernelRefused, .addressTaken, .leaseHolder, .neverBanned,
      .routerAddress, .resolverAddress, .sessionHolder, .tooManyBans:
      .none
    }
  }
}
