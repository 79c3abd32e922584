// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Show the daemon's state.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print the daemon's JSON line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.status)
    Terminal.show(json ? answer.lines : answer.values.flatMap { StatusTable($0).lines })
  }
}
