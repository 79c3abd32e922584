// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The client: makes keys, knocks, and connects through a door that it opens.
@main struct Postern: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postern", abstract: "Knock at a Postern gateway, and connect through the door that opens.",
    subcommands: [Knock.self, Connect.self, Keygen.self, Pubkey.self, ChangePassphrase.self] + ProtocolChoice.commands.map { $0 })

  static func main() { main(ProtocolChoice.lead(Array(CommandLine.arguments.dropFirst()))) }
}
