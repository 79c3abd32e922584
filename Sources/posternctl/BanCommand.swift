// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct BanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ban", abstract: "Keep a source out for a while.",
    discussion: """
      It is written into the operators' own sets, which the rules ask before any door: flows that exist go on, new ones do not begin, \
      whoever holds a lease. Once more sets another time.
      """)

  @OptionGroup var options: ControlOptions

  @Argument(help: "An address (of IPv6 its /64 is meant), or a network of /32, /24, /16, or of IPv6 /64, /56, /48.")
  var source: BanSource

  @Option(name: .customLong("for"), help: "How long, as in 30m, 1h, 7d; at most 30d.")
  var length = Seconds.hour

  @Flag(help: "Print the ban as a JSON object.")
  var json = false

  func run() throws {
    let answer = try options.ask(.ban(source.network, seconds: length.count))
    Terminal.show(json ? answer.lines : BanTable(answer.values).lines)
  }
}
