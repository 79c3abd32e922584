// SPDX-License-Identifier: Apache-2.0
package import PosternConfig
package import PosternPlatform

/// Why a configuration gave no tables. No case carries a secret.
package enum CompileError: Error, Hashable, Sendable {
  case configuration(ConfigFailure)
  case noFile(path: String, reason: String)
  case cryptography(String)
  case system(PlatformError)

  /// One message a line.
  package var lines: [String] {
    switch self {
    case .configuration(let failure): failure.description.split(separator: "\n").map(String.init)
    case .noFile(let path, let reason): ["\(path): \(reason)"]
    case .cryptography(let text): ["libcrypto: \(text)"]
    case .system(let error): [error.description]
    }
  }

  /// The exit code, from sysexits.h.
  package var exit: Int32 {
    switch self {
    case .configuration: 78
    case .noFile: 66
    case .cryptography: 70
    case .system: 71
    }
  }
}
