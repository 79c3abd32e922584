// SPDX-License-Identifier: Apache-2.0

/// A line of a foreign file, written `file:line` as compilers do.
package struct ImportPosition: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// From one; zero for the file as a whole.
  package let line: Int

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package var description: String { line == 0 ? file : "\(file):\(line)" }
}
