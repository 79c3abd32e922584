// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock
internal import PosternWire

struct Open: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open a door in a user's name.",
    discussion: """
      The user gets what a knock of his could get: his doors, his networks, no longer than the longest lease. An IPv4 and an IPv6 \
      address share a lease. The audit says who opened.
      """)

  @OptionGroup var options: ControlOptions

  @Argument(help: "The user, or USER/KEY; without a key the lease is in the name of his first valid one.")
  var user: Holder

  @Argument(help: "The door.")
  var door: Name

  @Argument(help: "The addresses to let in.")
  var addresses: [IPAddress]

  @Option(name: .customLong("for"), help: "How long, as in 30s, 10m, 1h; the door's own lease if not given.")
  var length: Seconds?

  @Flag(help: "Print the leases as one JSON object a line.")
  var json = false

  func validate() throws {
    guard (1...OperatorOpening.addressLimit).contains(addresses.count) else {
      throw ValidationError("give 1 to \(OperatorOpening.addressLimit) addresses")
    }
  }

  func run() throws {
    let opening = OperatorOpening(
      user: user.user, key: user.key, door: door, seconds: length?.count, addresses: addresses)
    let answer = try options.ask(.open(opening))
    Terminal.show(json ? answer.lines : LeaseTable(answer.values).lines)
  }
}
