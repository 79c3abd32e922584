// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternKnock
internal import PosternProtocols
internal import PosternWire

/// What a packet asks for, and in whose name.
struct FwknopRequest: Sendable {
  /// As the clients of protocol 3 write it.
  private static let version = "3.0.0"
  private enum Address: Hashable, Sendable {
    case named(IPv4Address)
    case source
    /// This host's own address where the gateway sees it.
    case automatic
  }

  private let address: Address
  private let wish: FwknopWish
  private let target: FwknopTarget?
  private let kind: FwknopKind
  private let timeout: UInt32
  private let offset: Timestamp.Span
  private let user: String
  /// What the user has to know of it.
  let note: String?

  init(_ lines: ProfileText, server: String) throws(ProfileProblem) {
    let addresses = "an IPv4 address, source or auto: no web page is asked"
    address = try lines.optional(FwknopKey.allowIP, addresses, Self.address) ?? .automatic
    timeout = try lines.optional(FwknopKey.fwTimeout, "seconds up to \(FwknopMessage.longestTimeout)", Self.timeout) ?? 0
    offset = try lines.optional(FwknopKey.timeOffset, "a time like 60, -5m or 1h", SettingForm.offset) ?? .seconds(0)
    user = try lines.optional(FwknopKey.spoofUser, "a user's name", Self.user) ?? Self.ownName
    if let command = try lines.optional(FwknopKey.serverCmd, "a command of printable characters", Self.command) {
      (wish, target, kind, note) = (.command(command), nil, .command, nil)
      return
    }
    let services = try lines.required(FwknopKey.access, "ports like tcp/22,udp/53", Self.services)
    let nat = try FwknopNAT(lines, server: server, services: services)
    wish = .access(nat?.services ?? services)
    target = nat?.target
    kind = Self.kind(nat, hasTimeout: timeout > 0)
    note = nat?.note
  }

  func message(_ occasion: KnockOccasion) throws(ClientError) -> FwknopMessage {
    FwknopMessage(
      kind: kind, user: user, seconds: (occasion.now + offset).nanoseconds / 1_000_000_000, version: Self.version,
      address: address(occasion), wish: wish, target: target, timeout: kind.hasTimeout ? timeout : 0)
  }

  /// Zero asks for the packet's own source, which is all that can be asked for over IPv6.
  private func address(_ occasion: KnockOccasion) -> IPv4Address {
    switch address {
    case .named(let address): return address
    case .source: return IPv4Address(0)
    case .automatic:
      guard case .named(let address, _) = Route(from: occasion.source, to: occasion.gateway).ipv4 else { return IPv4Address(0) }
      return address
    }
  }

  private static func kind(_ nat: FwknopNAT?, hasTimeout: Bool) -> FwknopKind {
    switch (nat?.isLocal, hasTimeout) {
    case (nil, false): .access
    case (nil, true): .accessWithTimeout
    case (false?, false): .natAccess
    case (false?, true): .natAccessWithTimeout
    case (true?, false): .localNATAccess
    case (true?, true): .localNATAccessWithTimeout
    }
  }

  private static func address(_ text: String) -> Address? {
    switch text {
    case "source": .source
    case "auto": .automatic
    default: IPv4Address(text).map { .named($0) }
    }
  }

  private static func timeout(_ text: String) -> UInt32? {
    UInt32(digits: text).flatMap { $0 <= FwknopMessage.longestTimeout ? $0 : nil }
  }

  private static func services(_ text: String) -> [Service]? {
    let services = text.split(separator: ",", omittingEmptySubsequences: false).map { Service($0) }
    let known = services.compactMap(\.self).filter { $0.port != nil && ($0.transport == .tcp || $0.transport == .udp) }
    return known.isEmpty || known.count != services.count ? nil : known
  }

  /// What stands in a message is printable.
  private static func command(_ text: String) -> String? {
    text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && (1...240).contains(text.utf8.count) ? text : nil
  }
}

/// Whose name a packet bears: fwknop's clients take it from the environment.
extension FwknopRequest {
  private static let longestName = 48
  private static let unknown = "NO_USER"

  private static func user(_ text: String) -> String? {
    let forbidden = Set("\"/\\[]:;|=,+*?<>".utf8)
    let isName = text.utf8.allSatisfy { (0x20...0x7e).contains($0) && !forbidden.contains($0) }
    return isName && (1...longestName).contains(text.utf8.count) ? text : nil
  }

  private static var ownName: String {
    for variable in ["SPOOF_USER", "LOGNAME", "USER"] {
      guard let value = unsafe getenv(variable), let name = unsafe user(String(cString: value)) else { continue }
      return name
    }
    return unknown
  }
}
