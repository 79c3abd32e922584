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

  /// Whether the sender had proved a client key when this was decided.
  package var isAuthenticated: Bool { rawValue >= Denial.malformedPayload.rawValue }

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
    case .kernelRefused: "kernel-refused"
    case .userDisabled: "user-disabled"
    case .addressTaken: "address-taken"
    }
  }
}
