// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import Synchronization

struct Latency: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The time from a knock's send to its element.",
    discussion: """
      Each knock asks for another address from 10.96.0.1 on, and comes from it. Its time runs from the call that sends its last packet in the client's \
      namespace to the moment at which this process reads the kernel's NEWSETELEM event in the gateway's namespace: the transaction \
      is committed by then and the element visible. Both times are CLOCK_MONOTONIC of one process. The key's and the user's limits \
      must be raised for this.
      """)

  @OptionGroup var knocks: BenchKnocks

  @Option(help: "Microseconds between two knocks.")
  var intervalUs = 1000

  func validate() throws {
    guard (0...60_000_000).contains(intervalUs) else { throw ValidationError("--interval-us is 0 to 60000000") }
  }

  func run() throws {
    let summary = try reporting { try measure() }
    print(summary)
    if summary.missing > 0 { throw ExitCode(1) }
  }

  private func measure() throws(BenchFailure) -> LatencySummary {
    let arrivals = Arrivals(first: knocks.first, count: knocks.count)
    let watch = ElementWatch(arrivals)
    let ready = Handover<Result<Void, BenchFailure>>()
    let target = knocks.target
    let watcher = try BenchThread.start { watch.run(in: target.gatewayNetns) { ready.give($0) } }
    try ready.take().get()
    let sent = try train()
    waitForStragglers(arrivals)
    watch.end()
    watcher.join()
    if arrivals.overruns > 0 { StandardError.say("postern-bench: the kernel dropped events; some knocks only seem missing") }
    let times = zip(sent, arrivals.times).compactMap { sent, arrived in arrived.map { $0 - min(sent, $0) } }
    return LatencySummary(sent: sent.count, nanoseconds: times)
  }

  private func train() throws(BenchFailure) -> [UInt64] {
    let train = KnockTrain(knocks: knocks, interval: Timestamp.Span(nanoseconds: Int64(intervalUs) * 1000))
    let sent = Handover<Result<[UInt64], BenchFailure>>()
    let sender = try BenchThread.start {
      sent.give(Result { () throws(BenchFailure) in try train.run() })
    }
    sender.join()
    return try sent.take().get()
  }

  private func waitForStragglers(_ arrivals: Arrivals) {
    let patience = Stopwatch()
    while !arrivals.isComplete, patience.elapsed < .seconds(3) { Pause.milliseconds(10) }
  }
}
