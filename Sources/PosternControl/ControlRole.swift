// SPDX-License-Identifier: Apache-2.0

/// What somebody at the control socket may do: look, or look and change.
package enum ControlRole: Hashable, Sendable {
  case viewer
  case `operator`
}

/// Who has which role: root and the user that the daemon runs as operate, and so do the members of one group; those of another view.
package struct ControlAccess: Hashable, Sendable {
  private let owner: UInt32
  private let operators: UInt32?
  private let viewers: UInt32?

  /// `owner` is the daemon's own user; a group that is nil has no members.
  package init(owner: UInt32, operators: UInt32?, viewers: UInt32?) {
    self.owner = owner
    self.operators = operators
    self.viewers = viewers
  }

  /// Nil for a stranger. `groups` are all that the peer is in.
  package func role(user: UInt32, groups: [UInt32]) -> ControlRole? {
    if user == 0 || user == owner { return .operator }
    if let operators, groups.contains(operators) { return .operator }
    if let viewers, groups.contains(viewers) { return .viewer }
    return nil
  }
}
