// SPDX-License-Identifier: Apache-2.0
internal import PosternConfig
package import PosternPlatform

/// Why a user was not changed. No case carries a secret.
package enum UserError: Error, Hashable, Sendable {
  case usage(String)
  /// What was asked for does not fit what there is.
  case refused(String)
  /// The configuration would be, or is, of no use.
  case compile(CompileError)
  case file(path: String, PlatformError)
  case secret(path: String, SecretFileError)
  case cryptography(String)

  /// One message a line.
  package var lines: [String] {
    switch self {
    case .usage(let text), .refused(let text): ["posternctl: \(text)"]
    case .compile(let error): error.lines
    case .file(let path, let error): ["posternctl: \(path): \(error)"]
    case .secret(let path, let error): ["posternctl: \(path): \(error)"]
    case .cryptography(let text): ["posternctl: libcrypto: \(text)"]
    }
  }

  /// The exit code, from sysexits.h.
  package var exit: Int32 {
    switch self {
    case .usage: 64
    case .refused: 65
    case .compile(let error): error.exit
    case .file, .secret: 73
    case .cryptography: 70
    }
  }
}
