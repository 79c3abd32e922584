// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a client knows of one gateway and of itself there. Secrets stay in their files until ``ClientSecrets`` reads them.
package struct Profile: Hashable, Sendable {
  package static let defaultPort: UInt16 = 62_201
  /// Names and addresses of one gateway: more is a mistake, and each costs a lookup and datagrams.
  package static let maximumGateways = 8

  /// Host names or addresses of the gateway; empty when the command line names it.
  package var gateways: [String]
  package var port: Port
  package var gatewayKey: Bytes32
  package var admission: SecretReference
  package var privateKey: SecretReference
  package var presharedKey: SecretReference
  /// Nil asks for the user's default door.
  package var door: Name?
  /// Seconds; nil asks for the door's default.
  package var lease: UInt32?
  package var ipv4: AddressChoice<IPv4Address>
  package var ipv6: AddressChoice<IPv6Address>

  /// Whether the profile itself holds a secret, so that only its owner may read it.
  package var holdsSecret: Bool {
    [admission, privateKey, presharedKey].contains { if case .inline = $0 { true } else { false } }
  }
}

/// Where a secret of 32 bytes is.
package enum SecretReference: Hashable, Sendable, CustomStringConvertible {
  /// Thirty-two zeros, by choice.
  case zeros
  case inline(Bytes32)
  case file(String)

  /// Says where, never what.
  package var description: String {
    switch self {
    case .zeros: "none"
    case .inline: "in the profile"
    case .file(let path): "file:\(path)"
    }
  }
}

/// Which address of a family the gateway is asked to admit.
package enum AddressChoice<Address: Hashable & Sendable>: Hashable, Sendable {
  case named(Address)
  /// The local address of the route to the gateway.
  case automatic
  /// The address that the packet arrives from.
  case packetSource
  case none
}

extension Profile {
  /// Reads the text of a profile; relative paths start at the directory of `file`.
  package init(text: String, file: String) throws(ProfileProblem) {
    let lines = try ProfileText(text, file: file)
    let paths = ProfilePaths(besides: file)
    gateways = try lines.optional(.gateway, "host names or addresses with commas between", Self.hosts) ?? []
    let port = try lines.optional(.port, "a port") { UInt16(digits: $0).flatMap(Port.init) }
    guard let port = port ?? Port(Self.defaultPort) else {
      throw ProfileProblem(file: file, line: 1, message: "no port")
    }
    self.port = port
    gatewayKey = try lines.required(.gatewayKey, "the gateway's public key, 32 bytes in base64", Self.key)
    let secret = { (text: String) in paths.file(text) ?? Self.key(text).map { .inline($0) } }
    privateKey = try lines.required(.privateKey, "file:PATH, or 32 bytes in base64", secret)
    presharedKey = try lines.required(.psk, "file:PATH, 32 bytes in base64, or none") { $0 == "none" ? .zeros : secret($0) }
    let admission = try lines.optional(.admission, "32 bytes in base64, or file:PATH", secret)
    self.admission = admission ?? .zeros
    door = try lines.optional(.door, "the name of a door") { Name($0) }
    lease = try lines.optional(.lease, "a time like 30s, 5m or 1h") { LeaseText.seconds($0) }
    let ipv4 = try lines.optional(.ipv4, "an IPv4 address, auto, source or none") { Self.choice($0) { IPv4Address($0) } }
    let ipv6 = try lines.optional(.ipv6, "an IPv6 address, auto, source or none") { Self.choice($0) { IPv6Address($0) } }
    self.ipv4 = ipv4 ?? .automatic
    self.ipv6 = ipv6 ?? .automatic
  }

  private static func hosts(_ text: String) -> [String]? {
    let hosts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
    guard hosts.count <= maximumGateways, hosts.allSatisfy(isHost) else { return nil }
    return hosts
  }

  private static func isHost(_ text: String) -> Bool {
    let characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_%".utf8
    return (1...253).contains(text.utf8.count) && !text.hasPrefix("-") && text.utf8.allSatisfy(characters.contains)
  }

  private static func key(_ text: String) -> Bytes32? { Base64.decode(text).flatMap { Bytes32($0) } }

  private static func choice<Address>(_ text: String, _ parse: (String) -> Address?) -> AddressChoice<Address>? {
    switch text {
    case "auto": .automatic
    case "source": .packetSource
    case "none": AddressChoice.none
    default: parse(text).map { .named($0) }
    }
  }
}

/// Makes the paths of a profile absolute, or relative to where the profile is.
private struct ProfilePaths {
  let directory: Substring

  init(besides file: String) {
    directory = file.lastIndex(of: "/").map { file[...$0] } ?? ""
  }

  /// Nil for text that is not `file:PATH`.
  func file(_ text: String) -> SecretReference? {
    guard text.hasPrefix("file:") else { return nil }
    let path = text.dropFirst("file:".count)
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    return .file(path.hasPrefix("/") ? String(path) : String(directory + path))
  }
}
