// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

struct Connect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Knock, connect, and carry standard input and output.",
    discussion: "For ssh: ProxyCommand postern connect %h %p")

  @OptionGroup var options: ProfileOptions

  @Option(help: "Seconds until it gives up.")
  var timeout = 10

  @Flag(help: "Tell on standard error what happens when.")
  var verbose = false

  @Argument(help: "The host to connect to, and the name of the profile where --profile is not given.")
  var host: String

  @Argument(help: "The TCP port.", transform: port)
  var port: Port

  func validate() throws {
    guard (1...3600).contains(timeout) else { throw ValidationError("--timeout is 1 to 3600 seconds") }
  }

  func run() throws {
    try reporting { () throws(ClientError) in
      // A write to a stream that nobody reads must end the copying, not the process.
      _ = signal(SIGPIPE, SIG_IGN)
      let watch = Stopwatch()
      let lines = try ProfileText(path: options.path(host: host))
      let targets = try HostResolver.addresses(of: host, port: port, families: options.families)
      let named = try lines.knockProtocol()
      let socket =
        named == ProfileText.native
        ? try dial(targets, sender(lines), KnockPlan(), watch)
        : try dial(targets, options.classic(lines, named, host: host, overrides: false).sender(.open), .classic, watch)
      tell("connected", watch)
      try StreamRelay(
        socket: socket, input: OwnedDescriptor(owning: STDIN_FILENO), output: OwnedDescriptor(owning: STDOUT_FILENO)
      ).run()
      tell("both directions have ended", watch)
    }
  }

  private func sender(_ lines: ProfileText) throws(ClientError) -> KnockSender {
    let profile = try Profile(checked: lines)
    let carrier = options.carrier ?? profile.carrier
    let hosts = profile.gateways.isEmpty ? [host] : profile.gateways
    let gateways = try HostResolver.addresses(of: hosts, port: profile.port(of: carrier), families: options.families)
    let encoder = try profile.encoder()
    let code = try (options.code ?? profile.code).code(at: SystemClock.now)
    let wish = try KnockWish(profile, .open, door: nil, lease: nil, code: code, gateways: gateways)
    return KnockSender(
      encoder: encoder, stamps: try StampFile.own(besides: lines.file), wish: wish, carrier: carrier,
      gateways: gateways)
  }

  private func dial<Sender: Knocker & ~Copyable>(
    _ targets: [SocketAddress], _ sender: borrowing Sender, _ plan: KnockPlan, _ watch: Stopwatch
  ) throws(ClientError) -> OwnedDescriptor {
    // Its own time: whoever had to be asked for something may have taken long.
    let start = watch.elapsed
    var approach = Approach(to: targets, plan, timeout: .seconds(Int64(timeout))) {
      Timestamp.Span(nanoseconds: watch.elapsed.nanoseconds - start.nanoseconds)
    }
    return try approach.connect { () throws(ClientError) in
      let sent = try sender.send(now: SystemClock.now)
      tell("knocked at \(sender.describe(sent))", watch)
    }
  }

  private func tell(_ text: String, _ watch: Stopwatch) {
    if verbose { say("\(watch.elapsed.milliseconds) ms: \(text)") }
  }

  private static func port(_ text: String) throws -> Port {
    guard let port = UInt16(text).flatMap(Port.init) else { throw ValidationError("a port is a number from 1 to 65535") }
    return port
  }
}

extension Timestamp.Span {
  /// With hundredths.
  fileprivate var milliseconds: String {
    let hundredths = nanoseconds / 10_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
