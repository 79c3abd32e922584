// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct DoormanKnock: ClassicKnock {
  static let knockProtocol = "doorman"
  static let configuration = described(
    "Send a datagram as Doorman's knock does.", usage: "--group GROUP --secret file:PATH HOST [SERVICE]")

  @OptionGroup var options: ClassicOptions

  @Option(help: "The group of the guest list.")
  var group: String?

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "The UDP port of the gateway; 1001 unless said otherwise.")
  var port: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  @Argument(help: "The TCP port to open.")
  var service: String?

  var settings: [Setting] {
    Setting.given([
      ("group", group), ("secret", secret), ("port", port), ("service", service),
    ])
  }
}
