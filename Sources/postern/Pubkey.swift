// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct Pubkey: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the public key of a private key.")

  @Option(help: "A file with the key's passphrase as its line, instead of the terminal.", completion: .file())
  var passphraseFile: String?

  @Argument(help: "The file with the private key.", completion: .file())
  var file: String

  func run() throws {
    try reporting { () throws(ClientError) in
      print(try KeyFile.publicKey(of: file, passphrase: passphraseFile.map { .file($0) } ?? .terminal))
    }
  }
}
