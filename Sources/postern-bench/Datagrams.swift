// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct Datagrams: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Packets a second that the readers of doorman, tumbler, header and syn decide.",
    discussion: """
      From the IP header to the decision: what the last of many keys' holder sends (knocks), what is shaped like a knock and is none \
      (forged), and what the rules should have kept away (junk).
      """)

  @Option(help: "How many packets of each kind.")
  var count = 100_000

  func validate() throws {
    guard (1...10_000_000).contains(count) else { throw ValidationError("--count is 1 to 10000000") }
  }

  func run() throws {
    try reporting {
      for sample in DatagramSample.all {
        let each = Double(try sample.measure(count)) / Double(count)
        print(
          "protocol=\(sample.reader.rawValue) packet=\(sample.packets.rawValue) ns=\(Int(each)) per-second=\(Int(1e9 / each))")
      }
    }
  }
}
