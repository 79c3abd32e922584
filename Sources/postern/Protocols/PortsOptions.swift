// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct PortsKnock: ClassicKnock {
  static let knockProtocol = "ports"
  static let configuration = described(
    "Send an encrypted sequence of ports.", usage: "[--form FORM] --secret file:PATH HOST [SERVICE]")

  @OptionGroup var options: ClassicOptions

  @Option(help: "sealed, legacy-8 or plain-8; sealed unless said otherwise.")
  var form: String?

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "The port that stands for zero.")
  var base: String?

  @Option(help: "What tells the order: arrival, or seq by raw packets.")
  var order: String?

  @Option(help: "How long the door shall be open, like 5m; the gateway may cut it.")
  var lease: String?

  @Option(help: "The address to admit: an address, source or auto.")
  var address: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  @Argument(help: "What to open, like tcp/22.")
  var service: String?

  var settings: [Setting] {
    Setting.given([
      ("form", form), ("secret", secret), ("base", base), ("order", order), ("lease", lease), ("address", address),
      ("service", service),
    ])
  }
}
