// SPDX-License-Identifier: Apache-2.0

/// Why a packet or a knock opened nothing. Flat and closed: each case is a counter, and its text is safe in any log.
///
/// The raw value is an index into the counters page and part of keeper frames.
package enum Denial: UInt8, Error, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  // Strangers: nothing is known about the sender.
  case unknownPrefix = 0
  case malformedHeaders
  case fragment
  case badChecksum
  case wrongTransport
  case wrongLength
  case wrongTag
  case duplicate
  case overload
  case badEphemeral
  case unknownKey
  case badSeal
  // Authenticated: the sender proved a client key.
  case malformedPayload
  case wrongHint
  case stale
  case future
  case belowFloor
  case clockClosed
  case replay
  case rateLimited
  case ringFull
  case stateUnwritable
  case keyNotValid
  case unknownDoor
  case doorNotPermitted
  case protocolTooWeak
  case addressModeNotPermitted
  case packetSourceTooOld
  case sourceMismatch
  case noFamilyLeft
  case addressNotAllowed
  case secondFactorMissing
  // The keeper's own checks and the kernel's answers.
  case frameMalformed
  case generationStale
  case sourceNotPermitted
  case leaseNotAllowed
  case ownAddress
  case tooManyLeases
  case tooManyGrants
  case setFull
  case setMissing
  case setForeignOwner
  case setUnsuited
  case kernelRefused
  // Authenticated, too; last, so that the other places stay.
  case userDisabled
  // The keeper's again: the source's flows are led to another host.
  case addressTaken
  // Authenticated: what the knock names is not for this user, or is nothing here.
  case serviceNotServed
  case unknownAction
  case actionNotPermitted
  // Authenticated: codes, what counts once only, hours and uses.
  case secondFactorWrong
  case secondFactorUsed
  case secondFactorExhausted
  case secondFactorClosed
  case oneTimeUsed
  case keyStateLost
  case outsideHours
  case usesSpent
  // A stranger's: a form that is recognised and not served.
  case unsupported
  // Authenticated: the knock names another user than its key is for.
  case userMismatch
  // Strangers again: a packet that begins no sequence and goes on with none.
  case outOfSequence
  // The keeper's: an address that holds a lease is not banned.
  case leaseHolder
  // Authenticated: the door demands an operating system, and the SYN shows another or there is none that shows one.
  case wrongSystem
  case systemUnknown
  // A stranger's: no knock at all, but a packet to a port where nothing is for him.
  case touch
  // The keeper's: whom it does not ban, and when it bans nobody more.
  case neverBanned
  case routerAddress
  case resolverAddress
  case sessionHolder
  case tooManyBans
  // Authenticated: the client's repeat of a wish that has started its action.
  case alreadyStarted

  /// Whether the sender had proved a client key when this was decided.
  package var isAuthenticated: Bool { rawValue >= Denial.malformedPayload.rawValue && !Self.laterStrangers.contains(self) }

  /// Reasons that concern strangers and came later than the places before ``malformedPayload`` were taken.
  private static let laterStrangers: Set<Denial> = [.unsupported, .outOfSequence, .touch]

  /// Whether the distance of the knock's stamp from the gateway's clock explains the refusal.
  package var isAboutTime: Bool { self == .stale || self == .future || self == .belowFloor || self == .packetSourceTooOld }

  package var description: String {
    switch self {
    case .unknownPrefix: "unknown-prefix"
    case .malformedHeaders: "malformed-headers"
    case .fragment: "fragment"
    case .badChecksum: "bad-checksum"
    case .wrongTransport: "wrong-transport"
    case .wrongLength: "wrong-length"
    case .wrongTag: "wrong-tag"
    case .duplicate: "duplicate"
    case .overload: "overload"
    case .badEphemeral: "bad-ephemeral"
    case .unknownKey: "unknown-key"
    case .badSeal: "bad-seal"
    case .malformedPayload: "malformed-payload"
    case .wrongHint: "wrong-hint"
    case .stale: "stale"
    case .future: "future"
    case .belowFloor: "below-floor"
    case .clockClosed: "clock-closed"
    case .replay: "replay"
    case .rateLimited: "rate-limited"
    case .ringFull: "ring-full"
    case .stateUnwritable: "state-unwritable"
    case .keyNotValid: "key-not-valid"
    case .unknownDoor: "unknown-door"
    case .doorNotPermitted: "door-not-permitted"
    case .protocolTooWeak: "protocol-too-weak"
    case .addressModeNotPermitted: "address-mode-not-permitted"
    case .packetSourceTooOld: "packet-source-too-old"
    case .sourceMismatch: "source-mismatch"
    case .noFamilyLeft: "no-family-left"
    case .addressNotAllowed: "address-not-allowed"
    case .secondFactorMissing: "second-factor-missing"
    case .frameMalformed: "frame-malformed"
    case .generationStale: "generation-stale"
    case .sourceNotPermitted: "source-not-permitted"
    case .leaseNotAllowed: "lease-not-allowed"
    case .ownAddress: "own-address"
    case .tooManyLeases: "too-many-leases"
    case .tooManyGrants: "too-many-grants"
    case .setFull: "set-full"
    case .setMissing: "set-missing"
    case .setForeignOwner: "set-foreign-owner"
    case .setUnsuited: "set-unsuited"
    case .leaseHolder: "lease-holder"
    case .kernelRefused: "kernel-refused"
    case .userDisabled: "user-disabled"
    case .addressTaken: "address-taken"
    case .serviceNotServed: "service-not-served"
    case .unknownAction: "unknown-action"
    case .actionNotPermitted: "action-not-permitted"
    case .secondFactorWrong: "second-factor-wrong"
    case .secondFactorUsed: "second-factor-used"
    case .secondFactorExhausted: "second-factor-exhausted"
    case .secondFactorClosed: "second-factor-closed"
    case .oneTimeUsed: "one-time-used"
    case .keyStateLost: "key-state-lost"
    case .outsideHours: "outside-hours"
    case .usesSpent: "uses-spent"
    case .unsupported: "unsupported"
    case .userMismatch: "user-mismatch"
    case .outOfSequence: "out-of-sequence"
    case .wrongSystem: "wrong-system"
    case .systemUnknown: "system-unknown"
    case .touch: "touch"
    case .neverBanned: "never-banned"
    case .routerAddress: "router-address"
    case .resolverAddress: "resolver-address"
    case .sessionHolder: "session-holder"
    case .tooManyBans: "too-many-bans"
    case .alreadyStarted: "already-started"
    }
  }
}
