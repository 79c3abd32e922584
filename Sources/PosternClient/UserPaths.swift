// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Where a user's profiles and the last stamp are, below the home directory.
package struct UserPaths: Hashable, Sendable {
  package let home: String

  /// Nil for a home that is not an absolute path, which would scatter files over working directories.
  package init?(home: String) {
    guard home.hasPrefix("/") else { return nil }
    self.home = home
  }

  /// The paths of the user who runs this process; nil without a home.
  package static var own: UserPaths? {
    guard let home = unsafe getenv("HOME") else { return nil }
    return unsafe UserPaths(home: String(cString: home))
  }

  /// Nil for text that is no file name.
  package func profile(named host: String) -> String? {
    guard !["", ".", ".."].contains(host), !host.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }) else { return nil }
    return "\(home)/.config/postern/profiles/\(host)"
  }

  /// Where the fwknop client keeps its stanzas.
  package var fwknop: String { "\(home)/.fwknoprc" }

  package var stamp: String { "\(home)/.local/state/postern/stamp" }

  /// Makes the directory of the stamp file, this user's alone.
  package func makeStateDirectory() throws(ClientError) {
    for directory in ["\(home)/.local", "\(home)/.local/state", "\(home)/.local/state/postern"] {
      guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .system("making \(directory)") }
    }
  }
}
