// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Doors: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the doors, their sets and what stands open.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.doors)
    Terminal.show(json ? answer.lines : DoorTable(answer.values).lines)
  }
}
