// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import Synchronization

struct Latency: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The time from a knock's send to its element.",
    discussion: """
      Each knock asks for another address of 10.77.0.0/16. Its time runs from the call that sends the datagram in the client's \
      namespace to the moment at which this process reads the kernel's NEWSETELEM event in the gateway's namespace: the transaction \
      is committed by then and the element visible. Both times are CLOCK_MONOTONIC of one process. The key's and the user's limits \
      must be raised for this.
      """)

  @Option(help: "The client's profile.", completion: .file())
  var profile: String

  @Option(help: "The network namespace that knocks.")
  var clientNetns: String

  @Option(help: "The network namespace of the gateway.")
  var gatewayNetns: String

  @Option(help: "How many knocks.")
  var count = 1000

  @Option(help: "Milliseconds between two knocks.")
  var intervalMs = 2

  func validate() throws {
    guard (1...BenchAddresses.limit).contains(count) else { throw ValidationError("--count is 1 to \(BenchAddresses.limit)") }
    guard (0...60_000).contains(intervalMs) else { throw ValidationError("--interval-ms is 0 to 60000") }
  }

  func run() throws {
    let summary: LatencySummary
    do throws(BenchFailure) {
      summary = try measure()
    } catch {
      say("\(error)")
      throw ExitCode(69)
    }
    print(summary)
    if summary.missing > 0 { throw ExitCode(1) }
  }

  private func measure() throws(BenchFailure) -> LatencySummary {
    let arrivals = Arrivals(count: count)
    let watch = ElementWatch(arrivals)
    let ready = Handover<Result<Void, BenchFailure>>()
    let watcher = try thread { [gatewayNetns] in watch.run(in: gatewayNetns) { ready.give($0) } }
    try ready.take().get()
    let sent = try train()
    waitForStragglers(arrivals)
    watch.end()
    watcher.join()
    if arrivals.overruns > 0 { say("the kernel dropped events; some knocks only seem missing") }
    let times = zip(sent, arrivals.times).compactMap { sent, arrived in arrived.map { $0 - min(sent, $0) } }
    return LatencySummary(sent: sent.count, nanoseconds: times)
  }

  private func train() throws(BenchFailure) -> [UInt64] {
    let train = KnockTrain(profilePath: profile, count: count, interval: .milliseconds(Int64(intervalMs)))
    let sent = Handover<Result<[UInt64], BenchFailure>>()
    let sender = try thread { [clientNetns] in
      sent.give(Result { () throws(BenchFailure) in try train.run(in: clientNetns) })
    }
    sender.join()
    return try sent.take().get()
  }

  private func waitForStragglers(_ arrivals: Arrivals) {
    let patience = Stopwatch()
    while !arrivals.isComplete, patience.elapsed < .seconds(3) { usleep(10_000) }
  }

  private func thread(_ body: @escaping @Sendable () -> Void) throws(BenchFailure) -> Worker {
    do throws(ClientError) {
      return try Worker(body)
    } catch {
      throw BenchFailure(error.description)
    }
  }

  /// One line on standard error.
  private func say(_ text: String) { StandardError.say("postern-bench: \(text)") }
}
