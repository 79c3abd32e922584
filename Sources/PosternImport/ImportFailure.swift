// SPDX-License-Identifier: Apache-2.0

/// Why a foreign file gives no configuration at all: everything that is wrong, in the order of the lines.
package struct ImportFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let notes: [ImportNote]

  package init(_ notes: [ImportNote]) { self.notes = notes }

  package init(_ text: String, at position: ImportPosition) { notes = [ImportNote(.refusal, text, at: position)] }

  package var description: String { notes.map(\.description).joined(separator: "\n") }
}
