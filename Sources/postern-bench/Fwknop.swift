// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternCrypto
internal import PosternTables

struct Fwknop: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The time to read one fwknop packet among many keys.",
    discussion: """
      Nothing in such a packet says whose it is, so the code over it is computed with one key after the other. Three kinds of packets \
      are read, from the IP header to the decoded message: a knock of the last key from an address that is new (last), from the \
      address that it came from before (known), and junk of a knock's length (junk).
      """)

  @Option(help: "How many keys there are, none of them bound to sources.")
  var users = 10_000

  @Option(help: "The hash of their codes: md5, sha1, sha256, sha384, sha512, sha3_256 or sha3_512.")
  var hash = "sha256"

  @Option(help: "How many packets of each kind.")
  var count = 200

  func validate() throws {
    guard (1...TableLimits.keys).contains(users) else { throw ValidationError("--users is 1 to \(TableLimits.keys)") }
    guard (1...100_000).contains(count) else { throw ValidationError("--count is 1 to 100000") }
    guard codeHash != nil else { throw ValidationError("--hash is one of those that --help names") }
  }

  func run() throws {
    guard let codeHash else { throw ExitCode(64) }
    let cost = FwknopCost(users: users, hash: codeHash, rounds: count)
    try reporting {
      for packet in FwknopCost.Packet.allCases {
        print("users=\(users) hash=\(hash) packet=\(packet.rawValue) \(try cost.measure(packet))")
      }
    }
  }

  private var codeHash: FwknopCredential.CodeHash? {
    HashAlgorithm(hash).flatMap { FwknopCredential.CodeHash(rawValue: $0.rawValue) }
  }
}
