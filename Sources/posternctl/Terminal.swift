// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform

/// The standard streams of an operator's command.
enum Terminal {
  /// Lines as they are for a program, at once; without what steers a terminal for people. Never coloured.
  static func show(_ lines: [String]) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let text = lines.map { (isTerminal ? $0.withoutControls : $0) + "\n" }.joined()
    do throws(PlatformError) {
      try BoundedFile.write(Array(text.utf8), to: STDOUT_FILENO)
    } catch {
      // Nobody reads any more: EX_IOERR.
      exit(74)
    }
  }

  /// One line on standard error.
  static func complain(_ text: String) { StandardError.say(text.withoutControls) }
}
