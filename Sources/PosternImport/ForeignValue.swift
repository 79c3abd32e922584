// SPDX-License-Identifier: Apache-2.0

/// A value of a foreign file, and the line that it stands in.
package struct ForeignValue: Hashable, Sendable {
  package let text: String
  package let position: ImportPosition

  init(_ text: String, at position: ImportPosition) {
    self.text = text
    self.position = position
  }
}
