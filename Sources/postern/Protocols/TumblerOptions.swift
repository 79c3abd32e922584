// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct TumblerKnock: ClassicKnock {
  static let knockProtocol = "tumbler"
  static let configuration = described(
    "Send a datagram as tumbler's client does.", usage: "--secret file:PATH HOST")

  @OptionGroup var options: ClassicOptions

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "The UDP port of the gateway; 8675 unless said otherwise.")
  var port: String?

  @Option(help: "The name of the second version.")
  var user: String?

  @Option(help: "The time as it is hashed, like %Y-%m-%dT%H:%MZ.")
  var time: String?

  @Option(help: "What stands between the hashed items.")
  var separator: String?

  @Option(help: "This host's address as the gateway sees it, where a router translates it.")
  var from: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  var settings: [Setting] {
    Setting.given([
      ("secret", secret), ("port", port), ("user", user), ("time", time), ("separator", separator), ("from", from),
    ])
  }
}
