// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Compiler {
  /// The programs, in the order of the configuration's actions.
  func programs() -> [RunnerProgram] { configuration.actions.map(program) }

  private func program(_ action: Configuration.Action) -> RunnerProgram {
    RunnerProgram(
      name: action.name.value, words: action.words, account: account(of: action), directory: action.directory,
      environment: action.environment, input: action.input, timeout: action.timeout, atOnce: action.atOnce,
      service: action.service)
  }

  private func account(of action: Configuration.Action) -> RunnerProgram.Account {
    guard let user = action.user else { return .runner(world.account(.named(RunnerProgram.Account.standardName))) }
    guard var identity = identity(user) else { return .runner(nil) }
    if let group = action.group.flatMap(group) { identity.group = group }
    return .named(identity)
  }

  /// A number needs no account; a name does.
  private func identity(_ user: Configuration.Action.Account) -> RunnerProgram.Identity? {
    switch user {
    case .number(let id): return world.account(.number(id.value)) ?? .init(user: id.value, group: id.value)
    case .named(let name):
      guard let identity = world.account(.named(name.value)) else {
        complaints.add("there is no user \(name.value.quoted)", at: name.position)
        return nil
      }
      return identity
    }
  }

  private func group(_ group: Configuration.Action.Account) -> UInt32? {
    switch group {
    case .number(let id): return id.value
    case .named(let name):
      guard let id = world.groupID(name.value) else {
        complaints.add("there is no group \(name.value.quoted)", at: name.position)
        return nil
      }
      return id
    }
  }
}
