// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternCrypto
internal import PosternWire

struct UserTexts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "Print the configuration of so many users with a key each, of whose private keys nobody knows.")

  @Argument(help: "How many.")
  var count: Int

  @Option(help: "The number of the first.")
  var first = 0

  @Option(help: "The file of the pre-shared key of all of them.")
  var psk: String

  func run() throws {
    for number in first..<first + count {
      let key = Base64.encode(try Randomness.bytes(32))
      print("[users.u\(number)]\ndoors = [\"ssh\"]\n[users.u\(number).keys.a]\npublic = \"\(key)\"\npsk = \"\(psk)\"")
    }
  }
}
