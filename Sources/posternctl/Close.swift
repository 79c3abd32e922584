// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock

struct Close: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Close one lease before its end.")

  @OptionGroup var options: ControlOptions

  @Argument(help: "The lease, as `posternctl leases` shows it: 16 hexadecimal digits.")
  var lease: LeaseID

  func run() throws { Terminal.show(try options.ask(.close(lease)).lines) }
}
