// SPDX-License-Identifier: Apache-2.0
internal import PosternImport
internal import PosternPlatform

/// Why an import ended with something to say.
enum ImportProblem: Error {
  /// A file cannot be read or makes no sense.
  case unusable(ImportFailure)
  /// All is written, and something of the old configuration is not in it; each was said.
  case gaps
  case file(path: String, PlatformError)
  case system(PlatformError)

  /// One message a line.
  var lines: [String] {
    switch self {
    case .unusable(let failure): failure.notes.map(\.description)
    case .gaps: []
    case .file(let path, let error): ["posternctl: \(path): \(error)"]
    case .system(let error): ["posternctl: \(error)"]
    }
  }

  /// The two that scripts tell apart are small; the others come from sysexits.h.
  var exit: Int32 {
    switch self {
    case .unusable: 1
    case .gaps: 2
    case .file: 73
    case .system: 71
    }
  }
}
