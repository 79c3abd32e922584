// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a private key in a new file and print its public key.", discussion: "A file that exists is never overwritten."
  )

  @Flag(help: "Make a secret instead (a psk or an admission secret); nothing is printed.")
  var secret = false

  @Flag(help: "Seal the key with a passphrase, which is asked for twice at the terminal: for clients, not for a gateway.")
  var passphrase = false

  @Option(help: "A file with the passphrase as its line, instead of the terminal.", completion: .file())
  var passphraseFile: String?

  @Argument(help: "The new file; only its owner will be able to read it.", completion: .file())
  var file: String

  func validate() throws {
    guard !secret || source == nil else { throw ValidationError("only a private key can have a passphrase, a --secret cannot") }
  }

  func run() throws {
    try reporting { () throws(ClientError) in
      let publicKey = try KeyFile.create(file, passphrase: source)
      if !secret { print(publicKey) }
    }
  }

  private var source: PassphraseSource? {
    passphraseFile.map { .file($0) } ?? (passphrase ? .terminal : nil)
  }
}
