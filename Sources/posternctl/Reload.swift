// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

struct Reload: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take up the changed configuration.",
    discussion: "Waits until it is in force. One that is not good is refused with its mistakes, and the old one stays in force.")

  @OptionGroup var options: ControlOptions

  func run() throws { _ = try options.ask(.reload) }
}
