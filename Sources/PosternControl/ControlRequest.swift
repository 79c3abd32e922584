// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// What an operator asks over the control socket: one line of ASCII words; the answer is JSON lines, the last one with `done`.
package enum ControlRequest: Hashable, Sendable {
  case status
  case leases
  case sessions
  /// Ends sessions at once.
  case cut(SessionTarget)
  case keys
  case reload
  case close(LeaseID)

  /// Bytes of a request line, newline included.
  package static let lineLimit = 256

  package var line: String {
    switch self {
    case .status: "status\n"
    case .leases: "leases\n"
    case .sessions: "sessions\n"
    case .cut(let target): "cut \(target.words.joined(separator: " "))\n"
    case .keys: "keys\n"
    case .reload: "reload\n"
    case .close(let lease): "close \(lease)\n"
    }
  }

  /// Nil when the words are not a request; `line` comes without its newline.
  package init?(line: some StringProtocol) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    switch (words.first, words.count) {
    case ("status", 1): self = .status
    case ("leases", 1): self = .leases
    case ("sessions", 1): self = .sessions
    case ("cut", 3):
      guard let target = SessionTarget(words[1], words[2]) else { return nil }
      self = .cut(target)
    case ("keys", 1): self = .keys
    case ("reload", 1): self = .reload
    case ("close", 2):
      guard let lease = LeaseID(words[1]) else { return nil }
      self = .close(lease)
    default: return nil
    }
  }
}
