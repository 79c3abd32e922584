// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a client knows of one gateway and of itself there. Secrets stay in their files until ``ClientSecrets`` reads them.
package struct Profile: Hashable, Sendable {
  package static let defaultPort: UInt16 = 62_201
  /// Where a network that lets no UDP through most likely lets a SYN through.
  package static let defaultSynPort: UInt16 = 443

  /// Host names or addresses of the gateway; empty when the command line names it.
  package var gateways: [String]
  package var carrier: Carrier
  /// Where datagrams of UDP go.
  package var port: Port
  /// Where SYNs go.
  package var synPort: Port
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
  package var code: CodeSource

  /// The port that knocks go to; a carrier without ports ignores it.
  package func port(of carrier: Carrier) -> Port {
    switch carrier {
    case .udp, .icmp: port
    case .tcpSyn: synPort
    }
  }

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
  /// The local address of the route to the gateway, or the packet's source where that address is translated on the way; see
  /// ``SourceAddresses``.
  case automatic
  /// The address that the packet arrives from.
  case packetSource
  case none
}

extension Profile {
  /// Reads the text of a profile; relative paths start at the directory of `file`.
  package init(text: String, file: String) throws(ProfileProblem) {
    try self.init(ProfileText(text, file: file))
  }

  /// Takes the native protocol's settings out of the lines; relative paths start at the directory of their file.
  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(ProfileKey.self)
    let file = lines.file
    let paths = ProfilePaths(besides: file)
    gateways = try lines.optional(ProfileKey.gateway, SettingForm.hostWords, SettingForm.hosts) ?? []
    carrier = try lines.optional(ProfileKey.carrier, "one of \(Carrier.names)") { Carrier(rawValue: $0) } ?? .udp
    let port = try lines.optional(ProfileKey.port, "a port", SettingForm.port)
    let synPort = try lines.optional(ProfileKey.synPort, "a port", SettingForm.port)
    guard let port = port ?? Port(Self.defaultPort), let synPort = synPort ?? Port(Self.defaultSynPort) else {
      throw ProfileProblem(file: file, line: 1, message: "no port")
    }
    self.port = port
    self.synPort = synPort
    gatewayKey = try lines.required(ProfileKey.gatewayKey, "the gateway's public key, 32 bytes in base64", Self.key)
    let secret = { (text: String) in paths.file(text) ?? Self.key(text).map { .inline($0) } }
    privateKey = try lines.required(ProfileKey.privateKey, "file:PATH, or 32 bytes in base64", secret)
    presharedKey = try lines.required(ProfileKey.psk, "file:PATH, 32 bytes in base64, or none") {
      $0 == "none" ? .zeros : secret($0)
    }
    let admission = try lines.optional(ProfileKey.admission, "32 bytes in base64, or file:PATH", secret)
    self.admission = admission ?? .zeros
    door = try lines.optional(ProfileKey.door, "the name of a door") { Name($0) }
    lease = try lines.optional(ProfileKey.lease, "a time like 30s, 5m or 1h") { LeaseText.seconds($0) }
    let ipv4 = try lines.optional(ProfileKey.ipv4, "an IPv4 address, auto, source or none") {
      Self.choice($0) { IPv4Address($0) }
    }
    let ipv6 = try lines.optional(ProfileKey.ipv6, "an IPv6 address, auto, source or none") {
      Self.choice($0) { IPv6Address($0) }
    }
    self.ipv4 = ipv4 ?? .automatic
    self.ipv6 = ipv6 ?? .automatic
    code = try CodeSource(lines, paths)
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
struct ProfilePaths {
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
