// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Why the keeper does not do what an operator asks.
package enum OperatorRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  case noLease(LeaseID)
  case noSession(SessionID)
  case noUser(Name)
  case noKey(user: Name, key: Name)
  case noDoor(Name)
  /// More than `most` seconds from now are not allowed.
  case tooLong(most: UInt32)
  /// The lease lasts longer than asked for already.
  case lastsLonger
  /// Nothing bans: there is no `[defence]`.
  case noDefence
  case noBan(AddressPrefix)
  /// Networks of other lengths can be banned.
  case noBanSet(lengths: [UInt8])
  /// What the user could not get by a knock either.
  case denied(Denial)

  package var description: String {
    switch self {
    case .noLease(let lease): "no lease \(lease)"
    case .noSession(let session): "no session \(session)"
    case .noUser(let user): "no user \(user)"
    case .noKey(let user, let key): "user \(user) has no key \(key)"
    case .noDoor(let door): "no door \(door)"
    case .tooLong(let most): "at most \(most) s from now are allowed"
    case .lastsLonger: "the lease lasts longer than that already"
    case .noDefence: "the configuration has no [defence]"
    case .noBan(let source): "no ban of \(source)"
    case .noBanSet(let lengths): "there are sets for networks of " + lengths.map { "/\($0)" }.joined(separator: ", ") + " only"
    case .denied(let denial): "\(denial)"
    }
  }

  /// An exit code of sysexits.h.
  package var exit: Int32 {
    switch self {
    case .noLease, .noSession, .noDoor, .tooLong, .lastsLonger, .noBan, .noBanSet: 65
    case .noUser, .noKey: 67
    case .noDefence: 78
    case .denied: 77
    }
  }
}
