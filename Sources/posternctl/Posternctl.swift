// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The operator's command: asks the daemon, and compiles configurations for it.
@main struct Posternctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posternctl", abstract: "Watch and steer the Postern daemon.",
    subcommands: [
      Status.self, Doors.self, Leases.self, Sessions.self, Users.self, Keys.self, Open.self, Extend.self, Close.self, Revoke.self,
      Bans.self, BanCommand.self, Unban.self,
      Events.self,
      Reload.self, Explain.self, Import.self, User.self, Compile.self,
    ])
}
