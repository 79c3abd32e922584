// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The operator's command: asks the daemon, and compiles configurations for it.
@main struct Posternctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posternctl", abstract: "Watch and steer the Postern daemon.",
    subcommands: [
      Status.self, Leases.self, Sessions.self, Keys.self, User.self, Close.self, Reload.self, Explain.self, Compile.self,
    ])
}
