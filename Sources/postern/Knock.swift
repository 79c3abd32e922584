// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform

struct Knock: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a gateway to open a door.",
    discussion: """
      Four fresh knocks leave within two seconds, so that the loss of one does no harm. Nothing ever answers.

      Gateways of other systems are knocked at by --protocol NAME, one of \(ProtocolChoice.names); each has options of its own, which \
      `postern knock --protocol NAME --help` shows. A profile with `protocol = NAME` needs no option.
      """)

  @OptionGroup var options: ProfileOptions

  @Option(name: .customLong("protocol"), help: "Another protocol than \(ProfileText.native).")
  var knockProtocol = ProfileText.native

  @Flag(help: "Send one knock only.")
  var once = false

  @Flag(help: "Ask to close the door.")
  var close = false

  @Option(help: "How long the door shall be open, like 30s, 5m or 1h; the gateway may cut it.", transform: lease)
  var lease: UInt32?

  @Argument(help: "The gateway, and the name of the profile where --profile is not given.")
  var host: String?

  @Argument(help: "The door; without it the profile's, or the user's default.", transform: door)
  var door: Name?

  func validate() throws {
    guard knockProtocol == ProfileText.native else {
      throw ValidationError("a protocol is one of \(ProfileText.native), \(ProtocolChoice.names)")
    }
  }

  func run() throws {
    try reporting { () throws(ClientError) in
      let lines = try ProfileText(path: options.path(host: host))
      let named = try lines.knockProtocol()
      guard named == ProfileText.native else {
        try options.classic(lines, named, host: host, overrides: options.profile != nil, others: door != nil || lease != nil)
          .knock(close ? .close : .open)
        return
      }
      let profile = try Profile(checked: lines)
      let carrier = options.carrier ?? profile.carrier
      let hosts = options.profile == nil ? profile.gateways : host.map { [$0] } ?? profile.gateways
      let gateways = try HostResolver.addresses(
        of: hosts.isEmpty ? [host].compactMap(\.self) : hosts, port: profile.port(of: carrier), families: options.families)
      let encoder = try profile.encoder()
      let code = try (options.code ?? profile.code).code(at: SystemClock.now)
      let wish = try KnockWish(profile, close ? .close : .open, door: door, lease: lease, code: code, gateways: gateways)
      let sender = KnockSender(
        encoder: encoder, stamps: try StampFile.own(besides: lines.file), wish: wish, carrier: carrier,
        gateways: gateways)
      say("asking to \(close ? "close" : "admit") \(wish.sources)")
      try send(sender)
    }
  }

  private func send(_ sender: borrowing KnockSender) throws(ClientError) {
    var plan = KnockPlan(once: once)
    let watch = Stopwatch()
    while let next = plan.next {
      watch.sleep(until: next)
      guard plan.takeDue(at: watch.elapsed) else { continue }
      let sent = try sender.send(now: SystemClock.now)
      say("knocked at \(sender.describe(sent))")
    }
  }

  private static func lease(_ text: String) throws -> UInt32 {
    guard let seconds = LeaseText.seconds(text) else { throw ValidationError("a lease is a time like 30s, 5m or 1h") }
    return seconds
  }

  private static func door(_ text: String) throws -> Name {
    guard let name = Name(text) else { throw ValidationError("a door's name is made of a-z, 0-9, '.', '_' and '-'") }
    return name
  }
}
