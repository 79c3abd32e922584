// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

struct Rate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Grants a second, sustained.",
    discussion: """
      Each knock comes from a new address and is made beforehand. The sender keeps at most --window knocks on their way: it asks the \
      kernel for the element of an earlier one before it goes on, so that nothing is lost and nothing is paced by a guess.
      """)

  @OptionGroup var knocks: BenchKnocks

  @Option(help: "The table of the set door4, of the family inet.")
  var table = "postern"

  @Option(help: "How many may be on their way.")
  var window = 1024

  func validate() throws {
    guard window >= 64, window <= knocks.count else { throw ValidationError("--window is 64 to --count") }
  }

  func run() throws {
    try reporting {
      let target = knocks.target
      let maker = try target.maker()
      let made = try KnockTrain.made(knocks.numbers, maker)
      let sustained = Sustained(
        first: knocks.first, window: window, clientNamespace: target.clientNetns, gatewayNamespace: target.gatewayNetns,
        table: table)
      let outcome = try sustained.run(made, to: maker)
      let rate = Double(knocks.count - outcome.missing) * 1e9 / Double(max(outcome.nanoseconds, 1))
      print("n=\(knocks.count) missing=\(outcome.missing) per_second=\(Int(rate))")
    }
  }
}
