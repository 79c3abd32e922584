// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension Denial {
  /// What the reason means, for somebody who looks for the cause.
  package var words: String {
    switch self {
    case .unknownPrefix: "no protocol has this prefix"
    case .malformedHeaders: "a length or version in the headers contradicts the bytes"
    case .fragment: "fragments are not put together"
    case .badChecksum: "a checksum is wrong"
    case .wrongTransport: "this protocol does not travel that way"
    case .wrongLength: "knocks have another length"
    case .wrongTag: "no gateway key that is valid then, with an admission secret that is, is the one it was made for"
    case .duplicate: "a copy of a packet that was decided"
    case .overload: "more work than the budget allows"
    case .badEphemeral: "its ephemeral key is no key"
    case .unknownKey: "the client key is not in the configuration"
    case .badSeal: "a seal is broken: another preshared key, or bytes that were changed"
    case .malformedPayload: "the payload makes no sense"
    case .wrongHint: "the hint does not belong to key and stamp"
    case .stale: "stamped too long ago"
    case .future: "stamped too far ahead"
    case .belowFloor: "stamped before what the replay ring remembers"
    case .clockClosed: "the clock went back"
    case .replay: "this knock was spent before"
    case .rateLimited: "too many knocks of this key"
    case .ringFull: "the replay ring holds no more"
    case .stateUnwritable: "the replay ring could not be written"
    case .keyNotValid: "the time of key or user is not now"
    case .userDisabled: "the configuration says that this user is disabled"
    case .unknownDoor: "the configuration has no such door, or the user no default door"
    case .doorNotPermitted: "the user may not open this door"
    case .protocolTooWeak: "the door asks for more proof than this protocol gives"
    case .addressModeNotPermitted:
      "the door does not take addresses named like this, or the user may not take the packet's source"
    case .packetSourceTooOld: "a knock that takes the packet's source counts for ten seconds only"
    case .sourceMismatch: "the packet came from another address than the one named"
    case .noFamilyLeft: "no address is left that the door has a set for"
    case .addressNotAllowed: "no client can have such an address"
    case .secondFactorMissing: "the code is missing or wrong"
    case .frameMalformed: "the keeper cannot make sense of the grant"
    case .generationStale: "the grant is of an earlier configuration"
    case .sourceNotPermitted: "the address lies outside the user's networks"
    case .leaseNotAllowed: "the lease is longer than allowed"
    case .ownAddress: "the address is the gateway's own"
    case .tooManyLeases: "the user, or all users together, have as many open leases at this door as they may"
    case .tooManyGrants: "the user, or all users of this door, have had as many grants within a minute as they may"
    case .setFull: "the set is full"
    case .setMissing: "the set does not exist"
    case .setForeignOwner: "the table belongs to another program"
    case .setUnsuited: "the set's key does not suit the door"
    case .kernelRefused: "the kernel refused"
    }
  }
}
