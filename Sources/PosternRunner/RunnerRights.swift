// SPDX-License-Identifier: Apache-2.0
package import PosternTables

/// Whom the runner can become, and as whom each program therefore runs.
package struct RunnerRights: Hashable, Sendable {
  /// The user and the group of the process itself.
  package var user: UInt32
  package var group: UInt32
  /// Whether it holds CAP_SETUID and CAP_SETGID.
  package var mayChange: Bool
  /// Whether its user namespace knows other users.
  package var hasOthers: Bool

  package init(user: UInt32, group: UInt32, mayChange: Bool, hasOthers: Bool) {
    self.user = user
    self.group = group
    self.mayChange = mayChange
    self.hasOthers = hasOthers
  }

  /// As whom a program runs.
  package enum Choice: Hashable, Sendable {
    case asItself
    case become(RunnerProgram.Identity)
    /// Root of the host, without a word in the configuration that asks for it.
    case wouldBeRoot
    /// Somebody whom this process cannot become.
    case outOfReach(user: UInt32)
  }

  package func choice(for account: RunnerProgram.Account) -> Choice {
    switch account {
    case .named(let identity):
      if canBecome { return .become(identity) }
      return identity.user == user && identity.group == group ? .asItself : .outOfReach(user: identity.user)
    case .runner(let identity):
      if canBecome, let identity { return .become(identity) }
      return user == 0 && hasOthers ? .wouldBeRoot : .asItself
    }
  }

  private var canBecome: Bool { mayChange && hasOthers }

  /// What keeps programs from running, one sentence each; empty when all can.
  package func complaints(_ programs: [RunnerProgram]) -> [String] {
    programs.compactMap { program in
      switch choice(for: program.account) {
      case .asItself, .become: nil
      case .wouldBeRoot:
        "actions.\(program.name): there is no account \(RunnerProgram.Account.standardName) to run it: make one (useradd --system "
          + "\(RunnerProgram.Account.standardName)), or name a user"
      case .outOfReach(let other):
        "actions.\(program.name): posternd runs as user \(user) and cannot become user \(other): start it as root, or leave the user out"
      }
    }
  }

  /// As whom programs run, for people.
  package func advice(_ programs: [RunnerProgram]) -> [String] {
    programs.compactMap { program in
      switch choice(for: program.account) {
      case .become(let identity): "actions.\(program.name) runs as user \(identity.user), group \(identity.group)"
      case .asItself: "actions.\(program.name) runs as posternd's own user \(user), without capabilities"
      case .wouldBeRoot, .outOfReach: nil
      }
    }
  }
}
