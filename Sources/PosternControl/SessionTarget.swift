// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// What an operator names to cut sessions.
package enum SessionTarget: Hashable, Sendable {
  case user(Name)
  case lease(LeaseID)
  case session(SessionID)

  var words: [String] {
    switch self {
    case .user(let name): ["user", "\(name)"]
    case .lease(let lease): ["lease", "\(lease)"]
    case .session(let session): ["session", "\(session)"]
    }
  }

  /// Nil unless the words are such as ``words`` gives.
  init?(_ words: inout ControlWords) {
    guard let kind = words.next(), let text = words.next() else { return nil }
    let target: SessionTarget? =
      switch kind {
      case "user": Name(text).map { .user($0) }
      case "lease": LeaseID(text).map { .lease($0) }
      case "session": SessionID(text).map { .session($0) }
      default: nil
      }
    guard let target else { return nil }
    self = target
  }
}
