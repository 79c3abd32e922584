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

  @Option(help: "The code of the second factor, \(CodeSource.words); without it what the profile says.", transform: code)
  var code: CodeSource?

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

  /// The session of a profile for another protocol than the native one; `overrides` says that the host stands instead of the profile's
  /// gateway, and `others` that options came that only the native one has.
  func classic(
    _ lines: ProfileText, _ knockProtocol: String, host: String?, overrides: Bool, others: Bool = false
  ) throws(ClientError) -> ClassicSession {
    guard carrier == nil, code == nil, !others else {
      throw .usage("\(lines.file) is for \(knockProtocol), which has no such options")
    }
    return try ClassicSession(lines, knockProtocol, host: host, overrides: overrides, families)
  }

  private static func code(_ text: String) throws -> CodeSource {
    guard let code = CodeSource(option: text) else { throw ValidationError("a code is \(CodeSource.words)") }
    return code
  }

  private static func carrier(_ text: String) throws -> Carrier {
    guard let carrier = Carrier(rawValue: text) else { throw ValidationError("a carrier is one of \(Carrier.names)") }
    return carrier
  }
}
