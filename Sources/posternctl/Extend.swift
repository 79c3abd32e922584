// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock

struct Extend: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let a lease last longer, within the longest lease of its door and user.")

  @OptionGroup var options: ControlOptions

  @Argument(help: "The lease, as `posternctl leases` shows it: 16 hexadecimal digits.")
  var lease: LeaseID

  @Option(name: .customLong("for"), help: "So long from now, as in 30s, 10m, 1h.")
  var length: Seconds?

  @Option(name: .customLong("by"), help: "So long beyond its present end.")
  var addition: Seconds?

  @Flag(help: "Print the lease as a JSON object.")
  var json = false

  func validate() throws {
    guard (length == nil) != (addition == nil) else { throw ValidationError("give either --for or --by") }
  }

  func run() throws {
    let extent: LeaseExtension
    if let length {
      extent = .lasting(length.count)
    } else if let addition {
      extent = .added(addition.count)
    } else {
      return
    }
    let answer = try options.ask(.extend(lease, extent))
    Terminal.show(json ? answer.lines : LeaseTable(answer.values).lines)
  }
}
