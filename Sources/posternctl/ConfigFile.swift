// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform

/// The configuration file as bytes, and the directory that its relative paths start at.
package struct ConfigFile: Sendable {
  /// Room for thousands of users.
  private static let maximumBytes = 4 << 20

  package let path: String
  package let directory: String
  package let text: [UInt8]

  package init(path: String) throws(CompileError) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard number >= 0 else { throw Self.failure(path) }
    let descriptor = OwnedDescriptor(owning: number)
    self.path = path
    directory = try Self.directory(of: path)
    text = try Self.read(descriptor, path)
  }

  /// `path` as it is when absolute, else below the directory of the configuration.
  package func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

  private static func directory(of path: String) throws(CompileError) -> String {
    let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    guard !directory.isEmpty else { return "" }
    guard let resolved = unsafe realpath(String(directory), nil) else { throw failure(path) }
    defer { unsafe free(resolved) }
    let text = unsafe String(cString: resolved)
    return text == "/" ? "" : text
  }

  private static func read(_ descriptor: borrowing OwnedDescriptor, _ path: String) throws(CompileError) -> [UInt8] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while text.count <= maximumBytes {
      let count = unsafe Glibc.read(descriptor.number, &buffer, buffer.count)
      guard count >= 0 else { throw failure(path) }
      guard count > 0 else { return text }
      text += buffer[..<count]
    }
    throw .noFile(path: path, reason: "is longer than a configuration")
  }

  /// What the call that failed just now left in `errno`.
  private static func failure(_ path: String) -> CompileError {
    .noFile(path: path, reason: unsafe String(cString: strerror(errno)))
  }
}
