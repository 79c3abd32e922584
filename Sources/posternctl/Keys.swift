// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the client keys, and which of the gateway's keys each knocked with last.",
    discussion:
      "While a key of the gateway or the admission secret is being replaced, `old` shows whose profile is still the old one.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.keys)
    Terminal.show(json ? answer.lines : KeyTable(answer.values).lines)
  }
}
