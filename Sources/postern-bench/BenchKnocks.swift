// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The knocks of one run, each for an address of its own.
struct BenchKnocks: ParsableArguments {
  @OptionGroup var target: BenchTarget

  @Option(help: "The number of the first address, so that each run has its own.")
  var first = 0

  @Option(help: "How many knocks.")
  var count = 1000

  func validate() throws {
    guard BenchAddresses.hold(first, count) else {
      throw ValidationError("--first and --count: at most \(BenchAddresses.limit) in all")
    }
  }

  var numbers: Range<Int> { first..<first + count }
}
