// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct Sequences: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Packets a second that the readers of plain sequences decide.",
    discussion: """
      From the IP header to the decision, for knockd and cd00r: knocks of three packets, each of a source that is new (knocks), first \
      steps of sources that never go on (first), and packets to ports of no sequence (junk).
      """)

  @Option(help: "How many packets of each kind.")
  var count = 300_000

  func validate() throws {
    guard (3...10_000_000).contains(count) else { throw ValidationError("--count is 3 to 10000000") }
  }

  func run() throws {
    try reporting {
      for sample in SequenceSample.all {
        let nanoseconds = try sample.measure(count)
        let each = Double(nanoseconds) / Double(count)
        print(
          "protocol=\(sample.reader.rawValue) packet=\(sample.packets.rawValue) ns=\(Int(each)) per-second=\(Int(1e9 / each))")
      }
    }
  }
}
