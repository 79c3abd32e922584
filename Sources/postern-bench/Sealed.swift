// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternTables

struct Sealed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Packets a second that the readers of secret sequences decide.",
    discussion: """
      From the IP header to the decision, for sealed and old port sequences, described packets with a sealed command, and rolling \
      sequences: whole knocks, each of a source that is new (knocks), and strangers' packets to the same ports (junk).
      """)

  @Option(help: "How many keys there are; of old ones there are at most 16.")
  var keys = 1000

  @Option(help: "How many knocks, or packets that are none.")
  var count = 10_000

  func validate() throws {
    guard (1...TableLimits.keys).contains(keys) else { throw ValidationError("--keys is 1 to \(TableLimits.keys)") }
    guard (1...1_000_000).contains(count) else { throw ValidationError("--count is 1 to 1000000") }
  }

  func run() throws {
    try reporting {
      for sample in SealedSample.all(keys) {
        let (nanoseconds, packets) = try sample.measure(count)
        let each = Double(nanoseconds) / Double(packets)
        print(
          "protocol=\(sample.reader.rawValue) keys=\(keys) packet=\(sample.packets.rawValue) ns=\(Int(each)) per-second=\(Int(1e9 / each))"
        )
      }
    }
  }
}
