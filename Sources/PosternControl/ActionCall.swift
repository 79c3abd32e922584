// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Why an action starts.
package enum ActionOccasion: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// A lease began.
  case open = 1
  /// A lease is over.
  case close
  /// A source was banned.
  case ban
  /// A knock asked for it.
  case knock

  package var description: String {
    switch self {
    case .open: "open"
    case .close: "close"
    case .ban: "ban"
    case .knock: "knock"
    }
  }
}

/// One start of a program: its place in the runner's tables, and typed values. No text that anybody outside chose.
package struct ActionCall: Hashable, Sendable {
  /// Index into the runner's tables.
  package var program: Int
  package var occasion: ActionOccasion
  package var user: Name?
  package var key: Name?
  package var door: Name?
  package var source: IPAddress?
  /// The source's port, where the lease is narrowed to it.
  package var port: Port?
  package var lease: LeaseID?
  /// What is left of the lease, or of the ban.
  package var seconds: UInt32

  package init(
    program: Int, occasion: ActionOccasion, user: Name? = nil, key: Name? = nil, door: Name? = nil, source: IPAddress? = nil,
    port: Port? = nil, lease: LeaseID? = nil, seconds: UInt32 = 0
  ) {
    self.program = program
    self.occasion = occasion
    self.user = user
    self.key = key
    self.door = door
    self.source = source
    self.port = port
    self.lease = lease
    self.seconds = seconds
  }
}
