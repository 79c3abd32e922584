// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct KnockdKnock: ClassicKnock {
  static let knockProtocol = "knockd"
  static let configuration = described(
    "Knock at ports in order, as knock does.", usage: "[-u] [-d MS] [-4|-6] HOST [PORT[:PROTO] ...]",
    discussion: "Without PORTs the profile of HOST names them, as `sequence` and `close-sequence`.")

  @OptionGroup var options: ClassicOptions

  @Flag(name: .shortAndLong, help: "Make all hits datagrams.")
  var udp = false

  @Option(name: .shortAndLong, help: "Milliseconds between hits, or a time like 2s.")
  var delay: String?

  @Argument(help: "The gateway.")
  var host: String?

  @Argument(help: "A port, with :udp behind it for a datagram; icmp is an echo request.")
  var sequence: [String] = []

  var settings: [Setting] {
    var settings = delay.map { [Setting("delay", $0)] } ?? []
    if udp { settings.append(Setting("udp", "yes")) }
    guard !sequence.isEmpty else { return settings }
    return settings + [Setting(options.close ? "close-sequence" : "sequence", sequence.joined(separator: " "))]
  }
}
