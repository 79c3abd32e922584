// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock

struct Close: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Close one lease before its end.")

  @OptionGroup var options: ControlOptions

  @Argument(help: "The lease, as `posternctl leases` shows it: 16 hexadecimal digits.", transform: lease)
  var lease: LeaseID

  func run() throws {
    let answer = try options.ask(.close(lease))
    Terminal.show(answer.lines)
  }

  private static func lease(_ text: String) throws -> LeaseID {
    guard let lease = LeaseID(text) else { throw ValidationError("a lease is 16 hexadecimal digits") }
    return lease
  }
}
