// SPDX-License-Identifier: Apache-2.0

/// A place in a configuration file; lines and columns count from 1, columns in code points.
package struct ConfigPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: UInt32
  package let column: UInt32

  package init(file: String, line: UInt32, column: UInt32) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }

  package static func < (left: ConfigPosition, right: ConfigPosition) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// A value with the place where it is written.
package struct Located<Value> {
  package let value: Value
  package let position: ConfigPosition

  package init(_ value: Value, at position: ConfigPosition) {
    self.value = value
    self.position = position
  }
}

extension Located: Sendable where Value: Sendable {}

/// One thing that is wrong with a configuration, printed as compilers do: `file:line:column: message`.
package struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
  package let position: ConfigPosition
  package let message: String

  package init(_ message: String, at position: ConfigPosition) {
    self.message = message
    self.position = position
  }

  package var file: String { position.file }
  package var line: UInt32 { position.line }
  package var column: UInt32 { position.column }
  package var description: String { "\(position): \(message)" }
}

/// Why a configuration is refused: its errors in the order of the text, at most ``maximumErrors``.
package struct ConfigFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// More would scroll the first ones, which matter most, off the screen.
  package static let maximumErrors = 20

  package let errors: [ConfigError]
  /// How many more there were.
  package let omitted: Int

  package init(errors: [ConfigError], omitted: Int = 0) {
    self.errors = errors
    self.omitted = omitted
  }

  package var description: String {
    let lines = errors.map(\.description) + (omitted > 0 ? ["and \(omitted) more errors"] : [])
    return lines.joined(separator: "\n")
  }
}
