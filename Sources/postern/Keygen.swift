// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a private key in a new file and print its public key.", discussion: "A file that exists is never overwritten."
  )

  @Flag(help: "Make a secret instead (a psk or an admission secret); nothing is printed.")
  var secret = false

  @Argument(help: "The new file; only its owner will be able to read it.", completion: .file())
  var file: String

  func run() throws {
    try reporting { () throws(ClientError) in
      try KeyFile.create(file)
      if !secret { print(try KeyFile.publicKey(of: file)) }
    }
  }
}
