// SPDX-License-Identifier: Apache-2.0

/// Why the client could not do what it was asked. No case carries a secret.
package enum ClientError: Error, Hashable, Sendable {
  /// The command line contradicts itself or the profile.
  case usage(String)
  case profile(ProfileProblem)
  case missingFile(String)
  case fileExists(String)
  /// A file with a secret that others may read, or that this user may not.
  case permission(path: String, reason: String)
  /// A file does not hold what it should.
  case badFile(path: String, reason: String)
  case unknownHost(String, reason: String)
  /// No address to be admitted, or no datagram left this host.
  case nothingSent(String)
  /// The carrier needs a right that this user does not have.
  case notPermitted(String)
  /// Somebody would have to be asked, and there is no terminal.
  case noTerminal(String)
  case noAnswer(String)
  case streamBroken(String)
  case cryptography(String)
  case system(operation: String, reason: String)

  /// The exit code, from sysexits.h.
  package var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .profile(let problem) where problem.line == nil: 64
    case .missingFile: 66
    case .unknownHost: 68
    case .nothingSent, .noTerminal: 69
    case .cryptography: 70
    case .system: 71
    case .fileExists: 73
    case .streamBroken: 74
    case .noAnswer: 75
    case .permission, .notPermitted: 77
    case .profile, .badFile: 78
    }
  }
}

extension ClientError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .usage(let text), .nothingSent(let text), .notPermitted(let text), .noTerminal(let text), .noAnswer(let text),
      .streamBroken(let text), .cryptography(let text):
      text
    case .profile(let problem): problem.description
    case .missingFile(let path): "\(path): no such file"
    case .fileExists(let path): "\(path): exists already; it is not overwritten"
    case .permission(let path, let reason), .badFile(let path, let reason): "\(path): \(reason)"
    case .unknownHost(let host, let reason): "\(host): \(reason)"
    case .system(let operation, let reason): "\(operation): \(reason)"
    }
  }
}
