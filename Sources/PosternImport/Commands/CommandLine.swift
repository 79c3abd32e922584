// SPDX-License-Identifier: Apache-2.0

/// A command line that another system gave to a shell, taken apart without one.
enum CommandLine: Hashable, Sendable {
  /// One command, or several that run after each other whatever comes of them, or as long as each succeeds.
  case commands([[String]])
  /// It uses what only a shell can do.
  case needsShell(what: String)

  /// Longer lines are no commands that anybody wrote.
  static let maximumBytes = 4096

  init(_ text: String) {
    guard text.utf8.count <= Self.maximumBytes else {
      self = .needsShell(what: "more than \(Self.maximumBytes) bytes")
      return
    }
    var splitter = CommandSplitter(text)
    self = splitter.split()
  }

  /// The only command, where there is exactly one.
  var single: [String]? {
    guard case .commands(let commands) = self, commands.count == 1 else { return nil }
    return commands.first
  }
}
