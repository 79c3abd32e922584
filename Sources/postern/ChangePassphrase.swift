// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct ChangePassphrase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "Give a private key a passphrase, another one, or none.",
    discussion: """
      Asks for the old passphrase, if there is one, and twice for the new; an empty one takes it away. The key stays the same, and the file \
      changes as a whole or not at all.
      """)

  @Flag(help: "Take the passphrase away without asking for a new one.")
  var remove = false

  @Option(help: "A file with the old passphrase as its line, instead of the terminal.", completion: .file())
  var oldPassphraseFile: String?

  @Option(help: "A file with the new passphrase as its line, instead of the terminal.", completion: .file())
  var passphraseFile: String?

  @Argument(help: "The file with the private key.", completion: .file())
  var file: String

  func validate() throws {
    guard !remove || passphraseFile == nil else { throw ValidationError("--remove and --passphrase-file contradict each other") }
  }

  func run() throws {
    try reporting { () throws(ClientError) in
      let old = oldPassphraseFile.map { PassphraseSource.file($0) } ?? .terminal
      let new = passphraseFile.map { PassphraseSource.file($0) } ?? .terminal
      let isSealed = try KeyFile.change(file, from: old, to: remove ? nil : new)
      say("\(file) has \(isSealed ? "a new" : "no") passphrase")
    }
  }
}
