// SPDX-License-Identifier: Apache-2.0

/// What became of a program.
package enum ActionOutcome: Hashable, Sendable {
  case exited(UInt8)
  case killed(UInt8)
  /// It was killed, with its process group, when its time was over.
  case timedOut
  /// It was killed, with its process group, when the lease that it served was over.
  case serviceEnded
  /// The step that the kernel refused, and its errno.
  case notStarted(Step, errno: UInt8)
  /// A start of this number has been told of before.
  case startedBefore
  /// More wait already than the runner takes.
  case busy
  /// The runner ended first; the program may have ended well.
  case unseen
  /// The configuration does not have it any more.
  case notConfigured
  /// The user is only watched: it would have started.
  case observed
  /// The lease was over before the runner could be asked.
  case tooLate

  package enum Step: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case fork = 1
    case descriptors
    case identity
    case limits
    case directory
    case execute
    case listen
    case record

    package var description: String {
      switch self {
      case .fork: "fork"
      case .descriptors: "descriptors"
      case .identity: "identity"
      case .limits: "limits"
      case .directory: "directory"
      case .execute: "execute"
      case .listen: "listen"
      case .record: "record"
      }
    }
  }

  /// One word for the audit.
  package var word: String {
    switch self {
    case .exited: "exited"
    case .killed: "killed"
    case .timedOut: "timed-out"
    case .serviceEnded: "service-ended"
    case .notStarted: "not-started"
    case .startedBefore: "started-before"
    case .busy: "busy"
    case .unseen: "unseen"
    case .notConfigured: "not-configured"
    case .tooLate: "too-late"
    case .observed: "observed"
    }
  }

  /// Whether an administrator should look.
  package var isGood: Bool { self == .exited(0) || self == .serviceEnded || self == .observed }
}
