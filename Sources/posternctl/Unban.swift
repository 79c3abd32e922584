// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Unban: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the bans of a source before their time.",
    discussion: "All bans that meet an address of it end, the keeper's and the operators', wider ones too; repeats are forgotten."
  )

  @OptionGroup var options: ControlOptions

  @Argument(help: "An address (of IPv6 its /64 is meant) or a network.")
  var source: BanSource

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.unban(source.network))
    Terminal.show(json ? answer.lines : BanTable(answer.values).lines)
  }
}
