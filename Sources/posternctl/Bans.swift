// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Bans: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List who is banned, by the keeper itself or by an operator.",
    discussion: "REPEATS is how often the source was banned before, as far as that is remembered.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.bans)
    Terminal.show(json ? answer.lines : BanTable(answer.values).lines)
  }
}
