// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

struct ConnectTime: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "The time from a knock to a connection that stands.",
    discussion: """
      A service listens at port 22 of the gateway. Each try has a source address of its own, so that its door is closed: it knocks, \
      again after 250, 750 and 1750 ms as clients do, and connects meanwhile, each millisecond anew until one stands; or, with --once, once, and waits. A try that takes five seconds has failed.
      """)

  private static let patience: Timestamp.Span = .seconds(5)
  /// When clients knock, as long as they are not connected.
  private static let moments = [0, 250, 750, 1750].map { Timestamp.Span.milliseconds($0) }

  @OptionGroup var target: BenchTarget

  @Option(help: "The first of the client's addresses to knock from.")
  var source: String

  @Option(help: "How many tries.")
  var count = 10

  @Flag(help: "One SYN only, which waits at the gateway for the decision.")
  var once = false

  func run() throws {
    print(try reporting { try measure() })
  }

  private func measure() throws(BenchFailure) -> LatencySummary {
    guard let first = IPv4Address(source) else { throw BenchFailure("\(source) is no IPv4 address") }
    let service = try BenchService(in: target.gatewayNetns)
    defer { service.end() }
    try BenchThread.enter(target.clientNetns)
    let maker = try target.maker()
    let sender = try PacketSender.open(to: maker.gateway)
    var times: [UInt64] = []
    for number in 0..<count {
      let source = IPv4Address(first.value + UInt32(number))
      if let time = try connect(try knocks(maker, number, source), from: source, sender, maker.gateway) { times.append(time) }
    }
    return LatencySummary(sent: count, nanoseconds: times)
  }

  /// A fresh knock for each time at which a client knocks.
  private func knocks(_ maker: KnockMaker, _ number: Int, _ source: IPv4Address) throws(BenchFailure) -> [[[UInt8]]] {
    do throws(ClientError) {
      return try Self.moments.map { _ throws(ClientError) in try maker.packets(number, from: source) }
    } catch {
      throw BenchFailure(error.description)
    }
  }

  /// Nanoseconds; nil when no connection came to stand.
  private func connect(
    _ knocks: [[[UInt8]]], from source: IPv4Address, _ sender: borrowing PacketSender, _ gateway: IPv4Address
  ) throws(BenchFailure) -> UInt64? {
    let began = SystemClock.monotonic()
    let watch = Stopwatch()
    var next = 0
    let wait: Int32 = once ? Int32(Self.patience.nanoseconds / 1_000_000) : 1
    while watch.elapsed < Self.patience {
      if next < knocks.count, watch.elapsed >= Self.moments[next] {
        try sender.send(all: knocks[next])
        next += 1
      }
      guard let attempt = BoundConnect(from: source, to: gateway, port: 22) else {
        throw BenchFailure("no connection from \(source)")
      }
      if attempt.isThere(within: wait) { return SystemClock.monotonic() - began }
    }
    return nil
  }
}
