// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What an operator asks over the control socket: one line of ASCII words; the answer is JSON lines, the last one with `done`.
package enum ControlRequest: Hashable, Sendable {
  case status
  case leases
  case sessions
  /// Ends sessions at once.
  case cut(SessionTarget)
  case keys
  case doors
  case users
  case events(EventQuery)
  case open(OperatorOpening)
  case extend(LeaseID, LeaseExtension)
  case reload
  case close(LeaseID)
  /// Closes every lease of a user.
  case revoke(Name)
  case bans
  /// Bans a network for so many seconds.
  case ban(AddressPrefix, seconds: UInt32)
  /// Ends the bans that meet a network.
  case unban(AddressPrefix)

  /// Bytes of a request line, newline included: room for an opening with eight IPv6 addresses.
  package static let lineLimit = 512

  /// The least that somebody has to be to ask this.
  package var role: ControlRole {
    switch self {
    case .status, .leases, .sessions, .doors, .users, .keys, .events, .bans: .viewer
    case .reload, .open, .extend, .close, .revoke, .cut, .ban, .unban: .operator
    }
  }

  package var line: String { words.joined(separator: " ") + "\n" }

  private var words: [String] {
    switch self {
    case .status: ["status"]
    case .leases: ["leases"]
    case .sessions: ["sessions"]
    case .cut(let target): ["cut"] + target.words
    case .doors: ["doors"]
    case .users: ["users"]
    case .keys: ["keys"]
    case .reload: ["reload"]
    case .events(let query): ["events"] + query.words
    case .open(let opening): ["open"] + opening.words
    case .extend(let lease, .lasting(let seconds)): ["extend", "\(lease)", "for", "\(seconds)"]
    case .extend(let lease, .added(let seconds)): ["extend", "\(lease)", "by", "\(seconds)"]
    case .close(let lease): ["close", "\(lease)"]
    case .revoke(let user): ["revoke", "\(user)"]
    case .bans: ["bans"]
    case .ban(let source, let seconds): ["ban", "\(source)", "\(seconds)"]
    case .unban(let source): ["unban", "\(source)"]
    }
  }

  /// Nil when the words are not a request; `line` comes without its newline. Each request has one spelling only.
  package init?(line: some StringProtocol) {
    var words = ControlWords(line)
    guard let request = Self.read(&words), words.isAtEnd, request.line.utf8.dropLast().elementsEqual(line.utf8) else {
      return nil
    }
    self = request
  }

  private static func read(_ words: inout ControlWords) -> ControlRequest? {
    switch words.next() {
    case "status": .status
    case "leases": .leases
    case "sessions": .sessions
    case "cut": SessionTarget(&words).map { .cut($0) }
    case "doors": .doors
    case "users": .users
    case "keys": .keys
    case "reload": .reload
    case "events": EventQuery(&words).map { .events($0) }
    case "open": OperatorOpening(&words).map { .open($0) }
    case "extend": longer(&words)
    case "close": words.next().flatMap { LeaseID($0) }.map { .close($0) }
    case "bans": .bans
    case "ban": ban(&words)
    case "unban": words.next().flatMap { AddressPrefix($0) }.map { .unban($0) }
    case "revoke": words.next().flatMap { Name($0) }.map { .revoke($0) }
    default: nil
    }
  }

  private static func ban(_ words: inout ControlWords) -> ControlRequest? {
    guard let source = words.next().flatMap({ AddressPrefix($0) }), let seconds = words.number(UInt32.self) else { return nil }
    return .ban(source, seconds: seconds)
  }

  private static func longer(_ words: inout ControlWords) -> ControlRequest? {
    guard let lease = words.next().flatMap({ LeaseID($0) }), let way = words.next(), let seconds = words.number() else {
      return nil
    }
    switch way {
    case "for": return .extend(lease, .lasting(seconds))
    case "by": return .extend(lease, .added(seconds))
    default: return nil
    }
  }
}
