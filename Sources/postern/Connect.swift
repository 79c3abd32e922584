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
      let sender = try sender()
      let targets = try HostResolver.addresses(of: host, port: port, families: options.families)
      let socket = try dial(targets, sender, watch)
      tell("connected", watch)
      try StreamRelay(
        socket: socket, input: OwnedDescriptor(owning: STDIN_FILENO), output: OwnedDescriptor(owning: STDOUT_FILENO)
      ).run()
      tell("both directions have ended", watch)
    }
  }

  private func sender() throws(ClientError) -> KnockSender {
    let path = try options.path(host: host)
    let profile = try Profile(path: path)
    let carrier = options.carrier ?? profile.carrier
    let hosts = profile.gateways.isEmpty ? [host] : profile.gateways
    let gateways = try options.gateways(hosts, port: profile.port(of: carrier))
    let wish = try KnockWish(profile, .open, door: nil, lease: nil, gateways: gateways)
    return KnockSender(
      encoder: try profile.encoder(), stamps: try options.stamps(profile: path), wish: wish, carrier: carrier,
      gateways: gateways)
  }

  private func dial(
    _ targets: [SocketAddress], _ sender: borrowing KnockSender, _ watch: Stopwatch
  ) throws(ClientError) -> OwnedDescriptor {
    var approach = Approach(to: targets, timeout: .seconds(Int64(timeout))) { watch.elapsed }
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
