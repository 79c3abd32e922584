// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Users: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the users, their doors and keys.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.users)
    Terminal.show(json ? answer.lines : UserTable(answer.values).lines)
  }
}
