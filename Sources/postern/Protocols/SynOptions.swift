// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct SynKnock: ClassicKnock {
  static let knockProtocol = "syn"
  static let configuration = described(
    "Send one SYN whose sequence and acknowledgement numbers are a code.", usage: "--secret file:PATH HOST [PORT]",
    discussion: "Chosen TCP fields need CAP_NET_RAW.")

  @OptionGroup var options: ClassicOptions

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "This host's address as the gateway sees it, where a router translates it.")
  var from: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  @Argument(help: "The TCP port to open.")
  var port: String?

  var settings: [Setting] {
    Setting.given([
      ("secret", secret), ("from", from), ("port", port),
    ])
  }
}
