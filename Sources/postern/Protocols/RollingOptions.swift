// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct RollingKnock: ClassicKnock {
  static let knockProtocol = "rolling"
  static let configuration = described(
    "Send the sequence of ports that a secret and the time give.", usage: "--secret file:PATH HOST")

  @OptionGroup var options: ClassicOptions

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "The key's own door, where it has one.")
  var door: String?

  @Option(help: "tcp or udp; tcp unless said otherwise.")
  var transport: String?

  @Option(help: "The first port of the span.")
  var base: String?

  @Option(help: "How many ports.")
  var ports: String?

  @Option(help: "The length of a step of time, like 30s.")
  var step: String?

  @Option(name: .customLong("bind-source"), help: "Whether the address takes part: yes or no.")
  var bindSource: String?

  @Option(help: "This host's address as the gateway sees it, where a router translates it.")
  var from: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  var settings: [Setting] {
    Setting.given([
      ("secret", secret), ("door", door), ("transport", transport), ("base", base), ("ports", ports), ("step", step),
      ("bind-source", bindSource), ("from", from),
    ])
  }
}
