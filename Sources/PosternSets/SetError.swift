// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
package import PosternKnock

/// Why the kernel did not do what was asked of a set; the text is meant for operators.
package enum SetError: Error, Hashable, Sendable {
  /// The set's `size` is reached (ENFILE).
  case setFull
  /// The table belongs to another process (EPERM).
  case foreignOwner
  /// The set or its table does not exist (ENOENT).
  case missing
  /// The set's definition does not take such an element (EINVAL): key length, missing timeout flag, a map.
  case unsuited
  /// Another element stands in the way (EEXIST): a map's element with other data, an overlapping interval.
  case exists
  /// The ruleset kept changing, or another element of the transaction was refused at every try (ERESTART, EINTR, EBUSY, EAGAIN).
  case busy
  /// This process may not change sets (EPERM for the whole transaction): CAP_NET_ADMIN is missing.
  case unprivileged
  /// The kernel's answer did not come: whether the change happened is unknown.
  case noAnswer
  /// Any other errno.
  case other(Int32)

  package init(errno code: Int32) {
    self =
      switch code {
      case ENFILE: .setFull
      case EPERM: .foreignOwner
      case ENOENT: .missing
      case EINVAL: .unsuited
      case EEXIST: .exists
      case ERESTART, EINTR, EBUSY, EAGAIN: .busy
      default: .other(code)
      }
  }

  /// The same as a countable reason of the audit.
  package var denial: Denial {
    switch self {
    case .setFull: .setFull
    case .foreignOwner: .setForeignOwner
    case .missing: .setMissing
    case .unsuited: .setUnsuited
    case .exists: .addressTaken
    case .busy, .unprivileged, .noAnswer, .other: .kernelRefused
    }
  }
}

extension SetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .setFull: "the set is full (ENFILE)"
    case .foreignOwner: "the table belongs to another process (EPERM)"
    case .missing: "the set or its table does not exist (ENOENT)"
    case .unsuited: "the set does not take such an element (EINVAL)"
    case .exists: "another element stands in the way (EEXIST)"
    case .busy: "the ruleset is busy: it kept changing (EBUSY)"
    case .unprivileged: "no right to change sets: CAP_NET_ADMIN is missing (EPERM)"
    case .noAnswer: "the kernel did not answer"
    case .other(let code): "the kernel refused (errno \(code))"
    }
  }
}
