// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// What `knock` and `connect` have in common: the profile, over which families to knock, and by which carrier.
struct ProfileOptions: ParsableArguments {
  @Option(help: "The profile; without it ~/.config/postern/profiles/HOST.", completion: .file())
  var profile: String?

  @Flag(name: .customShort("4"), help: "Use IPv4 only.")
  var onlyIPv4 = false

  @Flag(name: .customShort("6"), help: "Use IPv6 only.")
  var onlyIPv6 = false

  @Option(help: "What carries the knocks: \(Carrier.names); without it the profile's.", transform: carrier)
  var carrier: Carrier?

  /// Both families when both flags or none are given.
  var families: Set<AddressFamily> {
    onlyIPv4 == onlyIPv6 ? [.ipv4, .ipv6] : onlyIPv4 ? [.ipv4] : [.ipv6]
  }

  /// The profile's path: as given, or by the name of the host.
  func path(host: String?) throws(ClientError) -> String {
    if let profile { return profile }
    guard let host else { throw .usage("name a HOST or a --profile") }
    guard let path = UserPaths.own?.profile(named: host) else { throw .usage("no profile can be named \(host)") }
    return path
  }

  /// Without a home directory the stamps are kept beside the profile.
  func stamps(profile: String) throws(ClientError) -> StampFile {
    guard let paths = UserPaths.own else { return StampFile(path: profile + ".stamp") }
    try paths.makeStateDirectory()
    return StampFile(path: paths.stamp)
  }

  /// The gateway's addresses; hosts that have none are passed over while another has.
  func gateways(_ hosts: [String], port: Port) throws(ClientError) -> [SocketAddress] {
    var found: [SocketAddress] = []
    var failure: ClientError?
    for host in hosts {
      do throws(ClientError) {
        found += try HostResolver.addresses(of: host, port: port, families: families)
      } catch {
        failure = error
      }
    }
    if found.isEmpty { throw failure ?? .usage("the profile names no gateway, and there is no HOST") }
    return found
  }

  private static func carrier(_ text: String) throws -> Carrier {
    guard let carrier = Carrier(rawValue: text) else { throw ValidationError("a carrier is one of \(Carrier.names)") }
    return carrier
  }
}
