// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct SadoorKnock: ClassicKnock {
  static let knockProtocol = "sadoor"
  static let configuration = described(
    "Send described packets and then a command, as SAdoor's client does.",
    usage: "--packets file:PATH --secret file:PATH [--run NAME] HOST")

  @OptionGroup var options: ClassicOptions

  @Option(help: "sealed or legacy-blowfish; sealed unless said otherwise.")
  var form: String?

  @Option(help: "file:PATH of the secret.")
  var secret: String?

  @Option(help: "file:PATH of the descriptions, as in sadoor.pkts.")
  var packets: String?

  @Option(help: "The action to run, by its name; without it a door is opened.")
  var run: String?

  @Option(help: "What to open, like tcp/22,udp/53.")
  var services: String?

  @Option(help: "How long the door shall be open, like 5m.")
  var lease: String?

  @Option(help: "The address to admit: an address, source or auto.")
  var address: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  var settings: [Setting] {
    Setting.given([
      ("form", form), ("secret", secret), ("packets", packets), ("run", run), ("services", services), ("lease", lease),
      ("address", address),
    ])
  }
}
