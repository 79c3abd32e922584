// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

/// The configuration file as bytes, and the directory that its relative paths start at.
package struct ConfigFile: Sendable {
  /// Room for thousands of users.
  private static let maximumBytes = 4 << 20

  package let path: String
  package let directory: String
  package let text: [UInt8]

  package init(path: String) throws(CompileError) {
    do throws(PlatformError) {
      text = try BoundedFile.read(BoundedFile.open(path), limit: Self.maximumBytes)
      directory = try BoundedFile.resolvedDirectory(Self.directory(of: path))
    } catch {
      throw .noFile(path: path, reason: error.description)
    }
    self.path = path
  }

  /// `path` as it is when absolute, else below the directory of the configuration.
  package func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }
}
