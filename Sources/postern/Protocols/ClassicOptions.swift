// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternWire

/// What the commands of all classic protocols have in common.
struct ClassicOptions: ParsableArguments {
  @Option(help: "The profile; without it ~/.config/postern/profiles/HOST where there is one.", completion: .file())
  var profile: String?

  @Flag(name: .customShort("4"), help: "Use IPv4 only.")
  var onlyIPv4 = false

  @Flag(name: .customShort("6"), help: "Use IPv6 only.")
  var onlyIPv6 = false

  @Flag(help: "Knock to close the door.")
  var close = false

  /// Both families when both flags or none are given.
  var families: Set<AddressFamily> {
    onlyIPv4 == onlyIPv6 ? [.ipv4, .ipv6] : onlyIPv4 ? [.ipv4] : [.ipv6]
  }

  /// The lines of the profile for this protocol; none where the host has no profile, or one for another protocol.
  func lines(host: String?, _ knockProtocol: String) throws(ClientError) -> ProfileText {
    if let profile {
      let lines = try ProfileText(path: profile)
      guard try lines.knockProtocol() == knockProtocol else { throw .usage("\(profile) is for another protocol") }
      return lines
    }
    guard let host, let path = UserPaths.own?.profile(named: host) else { return ProfileText() }
    do throws(ClientError) {
      let lines = try ProfileText(path: path)
      return try lines.knockProtocol() == knockProtocol ? lines : ProfileText()
    } catch {
      guard case .missingFile = error else { throw error }
      return ProfileText()
    }
  }
}
