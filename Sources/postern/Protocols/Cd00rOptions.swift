// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct Cd00rKnock: ClassicKnock {
  static let knockProtocol = "cd00r"
  static let configuration = described(
    "Send a SYN to each port of a code, as for cd00r.", usage: "HOST [PORT ...]")

  @OptionGroup var options: ClassicOptions

  @Option(help: "Milliseconds between SYNs, or a time like 2s.")
  var delay: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  @Argument(help: "The ports of the code, in order.")
  var ports: [String] = []

  var settings: [Setting] {
    Setting.given([
      ("delay", delay), ("ports", ports.isEmpty ? nil : ports.joined(separator: " ")),
    ])
  }
}
