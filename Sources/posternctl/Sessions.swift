// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Sessions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the flows that came through doors.",
    discussion: "REOPENS is how long a one-shot door lets the same flow in again, should connection tracking forget it.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.sessions)
    Terminal.show(json ? answer.lines : SessionTable(answer.values).lines)
  }
}
