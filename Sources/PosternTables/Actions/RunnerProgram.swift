// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// One program as the runner may start it. All of it stands in the configuration; an event only fills in typed values.
package struct RunnerProgram: Hashable, Sendable {
  /// One argument.
  package enum Word: Hashable, Sendable {
    case text(String)
    /// The whole argument is this value; empty where the event has none.
    case value(ActionValue)
  }

  package struct Identity: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    /// Supplementary groups.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32] = []) {
      self.user = user
      self.group = group
      self.groups = groups
    }
  }

  /// As whom it runs.
  package enum Account: Hashable, Sendable {
    /// The configuration names nobody: the runner's own account where the host has it and the runner can become it.
    case runner(Identity?)
    case named(Identity)
  }

  /// The action's name.
  package var name: Name
  /// The first word is the path of the executable.
  package var words: [Word]
  package var account: Account
  package var directory: String
  /// `NAME=value`.
  package var environment: [String]
  /// The lines of its standard input, in which values stand as `{source}`; empty for none.
  package var input: [String]
  /// Seconds until it is killed with its process group.
  package var timeout: UInt32
  /// How many may run at the same time.
  package var atOnce: UInt32
  /// Nil for a program that an event starts; else connections do.
  package var service: ActionService?

  package init(
    name: Name, words: [Word], account: Account, directory: String = "/", environment: [String] = [], input: [String] = [],
    timeout: UInt32 = 30, atOnce: UInt32 = 1, service: ActionService? = nil
  ) {
    self.name = name
    self.words = words
    self.account = account
    self.directory = directory
    self.environment = environment
    self.input = input
    self.timeout = timeout
    self.atOnce = atOnce
    self.service = service
  }
}

extension RunnerProgram.Account {
  /// The account that runs what names no other, where the host has it.
  package static let standardName = "postern-runner"
}
