// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform

/// The standard streams of an operator's command.
enum Terminal {
  /// Lines as they are for a program; without what steers a terminal for people.
  static func show(_ lines: [String]) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    for line in lines { print(isTerminal ? line.withoutControls : line) }
  }

  /// One line on standard error.
  static func complain(_ text: String) { StandardError.say(text.withoutControls) }
}
