// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Leases: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the open leases.")

  @OptionGroup var options: ControlOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let answer = try options.ask(.leases)
    Terminal.show(json ? answer.lines : LeaseTable(answer.values).lines)
  }
}
