// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

struct SendKnocks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Send knocks, each from a new address, or only the first packet of each.")

  @OptionGroup var knocks: BenchKnocks

  @Flag(help: "Begin knocks of several packets and leave them unfinished.")
  var begin = false

  func run() throws {
    try reporting {
      let maker = try knocks.target.maker()
      let packets = try KnockTrain.made(knocks.numbers, maker).flatMap { begin ? Array($0.prefix(1)) : $0 }
      try BenchThread.enter(knocks.target.clientNetns)
      let sender = try PacketSender.open(to: maker.gateway)
      for (index, packet) in packets.enumerated() {
        try sender.send(all: [packet])
        // Below any gate's rate: none shall be lost.
        if index.isMultiple(of: 32) { Pause.milliseconds(1) }
      }
      print("n=\(packets.count)")
    }
  }
}
